#!/bin/sh
# Sets up a real Grid Engine 8.1.9 for tests: Debian's packages, and the library that keeps its daemons on loopback.
# A bare Debian 12 machine and root will do; without root the packages must be there already. No daemon is started and
# no cell is made. Run again, it returns at once.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
SGE_RIG_HOME=${SGE_RIG_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/sge-rig}
programs=/usr/lib/gridengine

packages="gridengine-master gridengine-exec gridengine-client gcc libc6-dev"
missing=$(for package in $packages; do dpkg -s "$package" >/dev/null 2>&1 || printf '%s ' "$package"; done)

# Networks fail: what downloads is tried twice.
twice() { "$@" || { sleep 5; "$@"; }; }
install_missing() {
  # shellcheck disable=SC2086 # one word per package
  apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q \
    --no-install-recommends $missing >/dev/null </dev/null
}
if [ -n "$missing" ]; then
  [ "$(id -u)" = 0 ] || { echo "install these packages first: $missing" >&2; exit 1; }
  # Debian would configure a cell of its own and start it.
  for package in gridengine-common gridengine-master; do
    echo "$package shared/gridengineconfig boolean false"
  done | debconf-set-selections
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  twice install_missing
fi
[ -x "$programs/sge_qmaster" ] || { echo "there is no $programs/sge_qmaster" >&2; exit 1; }

mkdir -p "$SGE_RIG_HOME"
if [ ! -e "$SGE_RIG_HOME/loopback.so" ] || [ -n "$(find "$here/loopback.c" -newer "$SGE_RIG_HOME/loopback.so")" ]; then
  gcc -shared -fPIC -O1 -Wall -o "$SGE_RIG_HOME/loopback.so.new" "$here/loopback.c" -ldl
  mv "$SGE_RIG_HOME/loopback.so.new" "$SGE_RIG_HOME/loopback.so"
fi
echo "Grid Engine is in $programs, its loopback library in $SGE_RIG_HOME"
