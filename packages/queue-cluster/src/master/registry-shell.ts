/** Who may work with the registry of a cluster's master: one batch job at a time. */
export const registryShell = `
# --- Registry ---------------------------------------------------------------------------------------------------

registry=$directory/registry
holder=
ours_is_held=

# Only one master at a time may work with the registry: the one whose job has made the directory "holder-N" with the
# highest number. It shows that it lives by writing to it, and marks it as free when it ends. Making the next one is a
# single step that only one of all that wait can do, however slow any of them is.
take_registry() {
  local newest heard seen='' seen_at=''
  mkdir -p "$registry" 2>/dev/null || finish no-scratch "cannot write to $directory"
  while :; do
    check_orders_and_time
    find_newest
    heard="$newest $(cat "$directory/holder-$newest/beat" "$directory/holder-$newest/owner" 2>/dev/null)"
    if [ "$newest" = 0 ] || [ -e "$directory/holder-$newest/free" ]; then
      take_next && return
    elif [ "$heard" != "$seen" ] || [ -z "$seen_at" ]; then
      seen=$heard
      seen_at=$now
    elif ((now - seen_at >= holder_seconds)); then
      say "nothing is heard of who has the registry (\${heard//$'\\n'/ }): taking it over"
      take_next && return
    fi
    pause "$look_seconds"
  done
}

# The highest number of such a directory, 0 where there is none. In $newest.
find_newest() {
  local path
  newest=0
  for path in "$directory"/holder-*; do
    path=\${path##*/holder-}
    if [[ $path =~ ^[1-9][0-9]{0,8}$ ]] && ((path > newest)); then newest=$path; fi
  done
}

# Makes the directory after the newest. One that was slow may make one that is old by now: then it has nothing.
take_next() {
  local number=$((newest + 1)) path
  mkdir "$directory/holder-$number" 2>/dev/null || return 1
  find_newest
  if [ "$newest" != "$number" ]; then
    rmdir "$directory/holder-$number"
    return 1
  fi
  holder=$directory/holder-$number
  # On a full disk others would take what nobody is known to have.
  if ! { echo "$pilot $host $$" >"$holder/owner"; } 2>/dev/null; then
    rm -rf "$holder"
    return 1
  fi
  ours_is_held=yes
  for path in "$directory"/holder-*; do
    [ "$path" = "$holder" ] || [ ! -d "$path" ] && continue
    # Who had it reads this file, which file servers show at once; that a directory is gone they may show late.
    { echo "$pilot has it" >"$path/owner"; } 2>/dev/null
    rm -rf "$path"
  done
}

# Whether the registry is this job's, in the directory $holder. So it is where the cluster's directory is not to be seen.
has_registry() {
  local newest owner=''
  [ -d "$directory" ] || return 0
  find_newest
  holder=$directory/holder-$newest
  { read -r owner <"$holder/owner"; } 2>/dev/null
  [ "$owner" = "$pilot $host $$" ] || return 1
  { echo "$now" >"$holder/beat"; } 2>/dev/null
  return 0
}

# Leaves the registry to the next one, which need not wait then.
give_registry_back() {
  { : >"$holder/free"; } 2>/dev/null
}
`;
