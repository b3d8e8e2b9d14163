import { directoryTaskStatuses as statuses } from '../statuses.ts';

/** How many times a file may arrive damaged before that is taken for more than bad luck. */
export const damagedRounds = 4;

/** Makes the tree in the sandbox, out of files that are fetched from the daemon. */
export const fetchFunctions = `
was_given() { [[ \${given[$1]} ]]; }

read_inputs() {
  local type mode size sum name index words
  paths=() encoded=() sizes=() expected=() executable=() made=()
  while read -r type mode size sum name; do
    decode "$name"
    case $type in
      d) made+=("$tree/$REPLY") ;;
      f)
        given[$REPLY]=yes
        encoded+=("$name") paths+=("$tree/$REPLY") sizes+=("$size") expected+=("$sum")
        [[ $mode != *[1357]* ]] || executable+=("$tree/$REPLY")
        ;;
    esac
  done <"$1"
  for ((index = 0; index < \${#made[@]}; index += 400)); do
    must 'the directories of the job cannot be made' mkdir -p -- "\${made[@]:index:400}"
  done
  for index in "\${!paths[@]}"; do
    # A file without bytes is not asked for.
    [[ \${sizes[index]} == 0 ]] || continue
    words=$({ : >"\${paths[index]}"; } 2>&1) || fail_with 'an empty input cannot be made' "$words"
  done
}

# How much there is of each file, as the array present.
measure() {
  local index existing=() indices=() size first
  present=()
  for index in "\${!paths[@]}"; do
    present[index]=0
    if [[ -s \${paths[index]} ]]; then existing+=("\${paths[index]}") indices+=("$index"); fi
  done
  index=0
  for ((first = 0; first < \${#existing[@]}; first += 400)); do
    while read -r size; do
      present[indices[index]]=$size
      index=$((index + 1))
    done < <(stat -c %s -- "\${existing[@]:first:400}")
  done
}

# Fetches those files that are not there in full; they go on where they broke off.
fetch_round() {
  local index fresh= resumed= part
  measure
  fetched=0
  for index in "\${!paths[@]}"; do
    fetched=$((fetched + present[index]))
    ((present[index] != sizes[index])) || continue
    if ((present[index] > sizes[index])); then
      rm -f -- "\${paths[index]}"
      present[index]=0
    fi
    quote "\${paths[index]}"
    part="url = \\"$url/input?name=\${encoded[index]}\\""$'\\n'"output = $REPLY"$'\\n'
    if [[ \${present[index]} == 0 ]]; then
      fresh+=$part
    else
      resumed+=next$'\\n'\${head}fail$'\\n'"continue-at = \${present[index]}"$'\\n'$part
    fi
  done
  [[ $fresh$resumed ]] || return 1
  compose "$fresh" "$resumed"
  run_curl "$REPLY"
}

fetch_files() {
  local before=-1 fetched delay=1 last_move=$SECONDS
  while fetch_round; do
    if [[ $fetched == "$before" ]]; then pause_before_next stuck 'fetching the inputs'
    elif [[ $curl_status != 0 ]]; then pause_before_next moved 'fetching the inputs'
    fi
    before=$fetched
  done
}

# Removes those files that are not what the daemon has, and names one of them.
remove_damaged() {
  local index
  sum_up "\${paths[@]}" || fail ${statuses.treeFailed} 'the checksums of the inputs could not be computed: this agent may lack the program sha256sum'
  REPLY=
  for index in "\${!paths[@]}"; do
    [[ \${sums[index]} != "\${expected[index]}" ]] || continue
    REPLY=\${paths[index]#"$tree"/}
    rm -f -- "\${paths[index]}"
  done
}

make_tree() {
  local index round LC_ALL=C
  make_head
  must 'the directories of this attempt cannot be made' \\
    mkdir -- "$own" "$attempt" "$tree" "\${layout[@]/#/$tree/}" "$tree/home" "$tree/tmp"
  ask 'asking for the list of inputs' "url = \\"$url/inputs\\"" "$own/inputs"
  read_inputs "$own/inputs"
  for ((round = 1; ; round++)); do
    fetch_files
    remove_damaged
    [[ $REPLY ]] || break
    ((round < ${damagedRounds})) ||
      fail ${statuses.checksumMismatch} "$REPLY arrived with other bytes than the daemon has, $round times"
    read_inputs "$own/inputs"
  done
  for ((index = 0; index < \${#executable[@]}; index += 400)); do
    must 'a file of the job cannot be made executable' chmod u+x -- "\${executable[@]:index:400}"
  done
}
`;
