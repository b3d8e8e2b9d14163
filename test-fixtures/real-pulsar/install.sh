#!/bin/sh
# Installs programs from PyPI into a virtual environment of their own: install.sh NAME HOME PACKAGE...
# A bare Debian machine and root will do; without root there must be a Python 3.10 or newer with venv already.
# Run again, it returns at once, unless other packages are asked for than last time.
set -eu
name=$1 home=$2
shift 2

wanted="$* $(cksum < "$0")"
if [ "$(cat "$home/ready" 2>/dev/null)" = "$wanted" ]; then
  echo "real $name is in $home"
  exit 0
fi

# Networks fail: what downloads is tried twice.
twice() { "$@" || { sleep 5; "$@"; }; }

# Galaxy and Pulsar are installed where wheels are there for all that they need: up to Python 3.13.
usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; }
find_python() {
  for python in python3 python3.11 python3.12 python3.13 python3.10 /usr/bin/python3; do
    if command -v "$python" >/dev/null && usable "$python"; then
      command -v "$python"
      return
    fi
  done
  return 1
}
install_python() {
  apt-get update -q >/dev/null &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 python3-venv >/dev/null
}
if ! python=$(find_python); then
  [ "$(id -u)" = 0 ] || { echo 'install these packages first: python3 python3-venv' >&2; exit 1; }
  twice install_python
  python=$(find_python)
fi

rm -rf "$home"
mkdir -p "$home"
"$python" -m venv "$home/venv"
twice "$home/venv/bin/pip" install -q --disable-pip-version-check "$@"
echo "$wanted" > "$home/ready"
echo "real $name is in $home"
