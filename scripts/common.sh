# Sourced by every script here: goes to the root of the tree, and gives the few helpers they share.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
SLUICE_ROOT=$PWD
export SLUICE_ROOT

# Where scripts/setup puts a newer Node.js if the system's is too old for the tests.
PATH=$SLUICE_ROOT/third_party/node/bin:$PATH

# Compiled objects are shared between checkouts and build folders, whatever their paths.
export CCACHE_BASEDIR=$SLUICE_ROOT CCACHE_NOHASHDIR=1

# die SENTENCE: says what went wrong and what would be right, and ends the script.
die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# show_help "$@": prints the calling script's opening comment if --help or -h is the first argument.
show_help() {
  case ${1:-} in
    -h | --help)
      sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
      exit 0
      ;;
  esac
}
