import { directoryTaskStatuses as statuses } from '../statuses.ts';

/** What an attempt at a part of a job does before all others: it cuts its slices of the inputs. */
export const partFunctions = `
# Without a shared file system the slices are fetched in the place of the inputs.
take_part() {
  [[ $part && $mode == shared ]] || return 0
  [[ -f $part_file ]] || fail ${statuses.unseen} "this machine does not see $part_file"
  cd "$tree" || fail ${statuses.treeFailed} "$tree is not there any more"
  part_taken=
  . "$part_file" && [[ $part_taken ]] || fail ${statuses.treeFailed} 'the part of the inputs could not be cut'
  cd "$sandbox"
}

# Inputs outside of the job's directory are seen under their own paths, but for those of which the part has a slice, or
# that it must not see. Each of these has a directory of its own in the tree.
translate_outside() {
  [[ $part ]] || return 0
  local index from to
  for ((index = 0; index < \${#outside[@]}; index += 2)); do
    from=\${outside[index]} to=$tree/\${outside[index + 1]}
    [[ -d \${to%/*} ]] || continue
    translate_below "$tree/configs" "$from" "$to"
    translate_below "$tree/tool_files" "$from" "$to"
    translate_top "$from" "$to"
    translate "$job_script" "$from" "$to"
    job_script=$REPLY
  done
}
`;
