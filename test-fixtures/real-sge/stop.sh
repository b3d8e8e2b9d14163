#!/bin/sh
# stop.sh DIR: ends what start.sh has started in DIR, the hard way, jobs of Grid Engine included. Files stay.
set -eu
[ $# -eq 1 ] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
root=$(cd "$1" && pwd)/root
# Daemons, jobs, and whatever these have started have the directory in their environment.
for process in /proc/[0-9]*; do
  if cat "$process/environ" 2>/dev/null | tr '\0' '\n' | grep -qxF "SGE_ROOT=$root" && [ "${process#/proc/}" != $$ ]; then
    kill -9 "${process#/proc/}" 2>/dev/null || true
  fi
done
