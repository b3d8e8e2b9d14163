#!/bin/sh
# Sets up a real Galaxy 26.1 under GALAXY_RIG_HOME: 1.1 GB, two minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/../real-pulsar/install.sh" 'Galaxy 26.1' \
  "${GALAXY_RIG_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/galaxy-rig}" 'galaxy-web-apps==26.1.2' 'pycurl>=7.45,<8'
