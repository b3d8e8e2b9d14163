import { directoryTaskStatuses as statuses } from '../statuses.ts';
import { damagedRounds } from './fetch.ts';

/** Brings what an attempt has made to the daemon. */
export const sendFunctions = `
list_below() {
  local entry
  for entry in "$1"/*; do
    if [[ -L $entry ]]; then continue
    elif [[ -d $entry ]]; then made+=("$entry"); list_below "$entry"
    else paths+=("$entry")
    fi
  done
}

list_outputs() {
  local part entry
  paths=() made=()
  for part in working outputs metadata; do
    made+=("$tree/$part")
    list_below "$tree/$part"
  done
  for entry in "$tree"/*; do
    [[ -L $entry || -d $entry ]] || paths+=("$entry")
  done
}

# One line for each file, directory and link, in the form of the daemon's own list of inputs.
print_outputs() {
  local entry target first index mode size
  for entry in "\${made[@]}"; do
    encode "\${entry#"$tree"/}"
    printf 'd 755 - - %s\\n' "$REPLY"
  done
  for ((index = 0; index < \${#links[@]}; index += 2)); do
    encode "\${links[index + 1]}"
    target=$REPLY
    encode "\${links[index]#"$tree"/}"
    printf 'l - - %s %s\\n' "$target" "$REPLY"
  done
  index=0
  for ((first = 0; first < \${#paths[@]}; first += 400)); do
    while read -r mode size; do
      encode "\${paths[index]#"$tree"/}"
      printf 'f %s %s %s %s\\n' "$mode" "$size" "\${sums[index]}" "$REPLY"
      index=$((index + 1))
    done < <(stat -c '%a %s' -- "\${paths[@]:first:400}")
  done
  printf 'done\\n'
}

# Sends what the daemon says is missing, each file from where it is missing.
send_round() {
  local word offset name fresh= resumed= part
  missing=0 arrived=0
  while read -r word offset name; do
    [[ $word == missing ]] || continue
    missing=$((missing + 1)) arrived=$((arrived + offset))
    decode "$name"
    quote "$tree/$REPLY"
    part="url = \\"$url/output?name=$name\\""$'\\n'"upload-file = $REPLY"$'\\noutput = "/dev/null"\\n'
    if [[ $offset == 0 ]]; then
      fresh+=$part
    else
      resumed+=next$'\\n'\${head}fail$'\\n'"continue-at = $offset"$'\\n'$part
    fi
  done <"$own/missing"
  [[ $missing != 0 ]] || return 1
  compose "$fresh" "$resumed"
  run_curl "$REPLY"
}

# Counts files that arrived with other bytes than they were sent with.
look_for_damage() {
  local word name
  while read -r word name; do
    [[ $word == damaged ]] || continue
    damaged=$((damaged + 1))
    decode "$name"
    ((damaged <= ${damagedRounds})) || fail ${statuses.checksumMismatch} \\
      "$REPLY arrived at the daemon with other bytes than it has here, for the $damaged. time"
    return 0
  done <"$own/missing"
}

send_outputs() {
  local before= missing arrived damaged=0 configuration delay=1 last_move=$SECONDS LC_ALL=C
  list_outputs
  sum_up "\${paths[@]}" || fail ${statuses.treeFailed} 'an output cannot be read, or there is no sha256sum'
  print_outputs >"$own/outputs" || fail ${statuses.diskFull} "the list of outputs cannot be written into $own"
  quote "@$own/outputs"
  configuration="url = \\"$url/outputs\\""$'\\nheader = "content-type: text/plain"\\n'"data-binary = $REPLY"
  ask 'telling what there is to bring back' "$configuration" "$own/missing"
  while send_round; do
    if [[ $before == "$missing $arrived" ]]; then pause_before_next stuck 'bringing back the outputs'
    elif [[ $curl_status != 0 ]]; then pause_before_next moved 'bringing back the outputs'
    fi
    before="$missing $arrived"
    ask 'bringing back the outputs' "$configuration" "$own/missing"
    look_for_damage
  done
}
`;
