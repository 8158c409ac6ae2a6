#!/usr/bin/env bash
# install_test.sh CMAKE BUILD_FOLDER: installs BUILD_FOLDER and builds and runs consumer/ against what was installed.
set -euo pipefail
cmake=$1 build=$2 here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --prefix "$work/prefix" > "$work/install.log"
for program in sluice-worker sluice; do
  [[ ! -x $build/bin/$program || -x $work/prefix/bin/$program ]] || { echo "$program is not installed" >&2; exit 1; }
done
if [[ -e $here/../../conference/web/dist/index.html ]]; then
  [[ -e $work/prefix/share/sluice/web/index.html ]] || { echo "the page is not installed" >&2; exit 1; }
fi
"$cmake" -S "$here/consumer" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" > "$work/configure.log" || {
  cat "$work/configure.log" >&2
  exit 1
}
"$cmake" --build "$work/build"
"$work/build/consumer" "$work/prefix/bin/sluice-worker"
if grep -rlF "$(cd "$here/../.." && pwd)" "$work/prefix/lib/cmake" "$work/prefix/include"; then
  echo "the files above name the source tree" >&2
  exit 1
fi
