#!/bin/sh
# Sets up a real Pulsar 0.16.0, with its server and its own check of servers, under PULSAR_RIG_HOME.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# pycurl is for the transport that Galaxy calls `curl`; Pulsar does not bring it.
exec sh "$here/install.sh" 'Pulsar 0.16.0' "${PULSAR_RIG_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/pulsar-rig}" \
  'pulsar-app[web]==0.16.0' 'pycurl>=7.45,<8'
