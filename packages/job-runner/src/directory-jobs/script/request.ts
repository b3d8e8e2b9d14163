import { directoryTaskStatuses as statuses } from '../statuses.ts';

/** Speaks with the daemon: the same request again until it is answered, or there is no hope. */
export const requestFunctions = `
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

# A value of curl's configuration.
quote() {
  REPLY=\${1//\\\\/\\\\\\\\}
  REPLY=\${REPLY//\\"/\\\\\\"}
  REPLY=\${REPLY//$'\\n'/\\\\n}
  REPLY=\${REPLY//$'\\r'/\\\\r}
  REPLY=\\"\${REPLY//$'\\t'/\\\\t}\\"
}

# What each section of a configuration begins with.
make_head() {
  quote "galaxy-mesos-attempt: $GALAXY_MESOS_ATTEMPT_ID"
  printf -v head '%s\\n' silent show-error globoff 'connect-timeout = 20' 'speed-limit = 1' 'speed-time = 120' \\
    'write-out = "%{http_code}\\\\n"' "header = \\"authorization: Bearer $secret\\"" "header = $REPLY"
}

# Runs curl with a configuration; tells its status, its words, and how each request was answered in codes. The
# configuration goes to its standard input, since arguments show in lists of processes. The second argument is the
# file that a refusal is explained in.
run_curl() {
  codes=$(printf %s "$1" | curl -q -K - 2>"$own/curl.log")
  curl_status=$?
  curl_words=$(<"$own/curl.log")
  curl_words=\${curl_words##*$'\\n'}
  [[ -z $stopped ]] || leave 143
  case $'\\n'$codes in
    *$'\\n'40[01345]* | *$'\\n'41[03]* | *$'\\n'422*)
      curl_words=
      [[ ! -s $2 ]] || IFS= read -r -n 1000 curl_words <"$2"
      fail ${statuses.refused} "the daemon refuses the files of this attempt (\${codes//$'\\n'/ }): $curl_words" ;;
  esac
  [[ $curl_status != 23 ]] ||
    fail ${statuses.diskFull} "a file of the job cannot be written: $curl_words; is there space left in $sandbox?"
}

# Called before a request is tried again: waits, longer each time, and gives up when nothing has moved for too long.
pause_before_next() {
  if [[ $1 == moved ]]; then delay=1 last_move=$SECONDS; fi
  if ((SECONDS - last_move > patience)); then
    fail ${statuses.transferFailed} "$2 could not be done for $((SECONDS - last_move)) s: \${curl_words:-it broke off}"
  fi
  sleep "$delay" & await $!
  [[ -z $stopped ]] || leave 143
  delay=$((delay < 15 ? delay * 2 : 30))
}

# ask WHAT CONFIGURATION FILE: until the answer is in the file, with the last line that shows it to be whole
ask() {
  local line last delay=1 last_move=$SECONDS
  while :; do
    quote "$3"
    run_curl "$head$2"$'\\n'"output = $REPLY"$'\\n' "$3"
    last=
    if [[ $curl_status == 0 && $codes == 200 ]]; then
      while IFS= read -r line; do last=$line; done <"$3"
      [[ $last != done ]] || return 0
    fi
    pause_before_next stuck "$1"
  done
}

# compose FRESH RESUMED: one configuration of transfers that begin at the beginning, which share a section, and of
# such that go on, which have one each and begin with "next".
compose() {
  REPLY=
  [[ -z $1 ]] || REPLY=\${head}fail$'\\n'$1
  REPLY+=$2
  REPLY=\${REPLY#next$'\\n'}
}
`;
