import { bootstrapFile } from '../staging.ts';
import { directoryTaskStatuses as statuses } from '../statuses.ts';

// Bash, as the other pieces of the script are. Functions answer in REPLY: a substitution would cost a process.

/** Messages, and how an attempt ends. */
export const commonFunctions = `
say() { printf 'galaxy-mesos: %s\\n' "$1" >&2; }

# Ends the task with a status, after removing what it has made and nobody wants.
leave() {
  trap '' TERM INT HUP
  cd "$sandbox" || exit "$1"
  [[ $mode == shared ]] || rm -f -- ${bootstrapFile}
  [[ $1 == 0 && $mode == shared || $kept ]] || rm -rf -- "$own" "$attempt"
  exit "$1"
}

fail() { say "$2"; leave "$1"; }

# Ends the task for a program that failed with the words given.
fail_with() {
  case $2 in
    *'No space left on device'* | *'Disk quota exceeded'*)
      fail ${statuses.diskFull} "there is no space left for the files of the job: \${2##*$'\\n'}" ;;
  esac
  fail ${statuses.treeFailed} "$1: \${2##*$'\\n'}"
}

# Runs a program; if it fails, so does the task. What it said is only found out then, by asking it again: reading it
# always would take one more process.
must() {
  local what=$1 words
  shift
  "$@" >/dev/null 2>&1 && return
  words=$(LC_ALL=C "$@" 2>&1 >/dev/null) || fail_with "$what" "$words"
}

on_stop() {
  stopped=yes
  case $pid in
    starting) ;;
    ?*) kill -TERM "$pid" 2>/dev/null ;;
    *) leave 143 ;;
  esac
}
`;
