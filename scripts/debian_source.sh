# Sourced by the scripts that build a library from Debian's source package into third_party/prefix/.
# shellcheck shell=bash
# Needs no change to the system: apt reads a private list of sources and writes only below third_party/src/.
prefix=$SLUICE_ROOT/third_party/prefix
src=$SLUICE_ROOT/third_party/src

# up_to_date LIBRARY FILE...: LIBRARY was built from just these files. Otherwise `built_from LIBRARY FILE...` says so later.
up_to_date() {
  local library=$1
  shift
  [[ -e $prefix/lib/$library.a ]] && cat "$@" | cmp -s - "$prefix/.$library-built-by"
}
built_from() {
  local library=$1
  shift
  cat "$@" > "$prefix/.$library-built-by"
}

# unpack_source PACKAGE: Debian's source of it, its patches applied, in third_party/src/PACKAGE.
unpack_source() {
  local package=$1 mirror patch archive
  command -v apt-get > /dev/null || die "there is no apt-get to fetch the source of $package with."
  mkdir -p "$src/apt/lists/partial" "$src/apt/sources" "$prefix"
  mirror=$(grep -rhsE '^(URIs: *|deb +(\[[^]]*\] +)?)http[^ ]*/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d |
    grep -oE 'http[^ ]+' | head -1 || true)
  cat > "$src/apt/sources/debian.sources" << LIST
Types: deb-src
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
LIST
  local -a private=(-o "Dir::State::Lists=$src/apt/lists" -o "Dir::Etc::SourceList=/dev/null"
    -o "Dir::Etc::SourceParts=$src/apt/sources" -o "APT::Sandbox::User=root" -o "Dir::Cache=$src/apt")
  apt-get "${private[@]}" -qq update
  (cd "$src" && apt-get "${private[@]}" -qq source --only-source --download-only "$package")
  rm -rf "${src:?}/$package"
  mkdir "$src/$package"
  tar -xf "$src/$package"_*.orig.tar.* -C "$src/$package" --strip-components=1
  for archive in "$src/$package"_*.debian.tar.*; do
    tar -xf "$archive" -C "$src/$package"
  done
  [[ -s $src/$package/debian/patches/series ]] || return 0
  grep -vE '^(#|$)' "$src/$package/debian/patches/series" | while read -r patch; do
    patch -d "$src/$package" -sp1 < "$src/$package/debian/patches/$patch"
  done
}

# Hardened as our own code is: cmake/SluiceOptions.cmake.
hardened_flags() {
  local flags="-g1 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection"
  case $(uname -m) in
    x86_64) flags+=" -fcf-protection=full" ;;
    aarch64) flags+=" -mbranch-protection=standard" ;;
  esac
  echo "$flags"
}
