import { bootstrapFile } from '../staging.ts';
import { directoryTaskStatuses as statuses } from '../statuses.ts';

// Bash, as the other pieces of the script are. Functions answer in REPLY: a substitution would cost a process.

/** Messages, ends, and names in the forms of URLs. */
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

# The bytes of a name that mean nothing to URLs, and %XX for the others.
encode() {
  local text=$1 char code index
  REPLY=$text
  [[ $text == *[!A-Za-z0-9_./-]* ]] || return 0
  REPLY=
  for ((index = 0; index < \${#text}; index++)); do
    char=\${text:index:1}
    case $char in
      [A-Za-z0-9_./-]) REPLY+=$char ;;
      *)
        printf -v code %d "'$char"
        printf -v char '%%%02X' $((code & 255))
        REPLY+=$char
        ;;
    esac
  done
}

decode() { printf -v REPLY %b "\${1//%/\\\\x}"; }

# The SHA-256 of files, in their order, as the array sums; '' for one that cannot be read.
sum_up() {
  local first line
  sums=()
  for ((first = 1; first <= $#; first += 400)); do
    while IFS= read -r line; do
      line=\${line#\\\\}
      sums+=("\${line%% *}")
    done < <(sha256sum -- "\${@:first:400}")
  done
  [[ \${#sums[@]} == $# ]]
}
`;
