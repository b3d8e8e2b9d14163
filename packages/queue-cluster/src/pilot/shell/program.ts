/** Where a Mesos program listens, how it is started, and with which flags. */
export const programShell = `
# --- Program: how one of Mesos's is started ---------------------------------------------------------------------

# The lines of the administrator, in this shell, for what they export; they may have set options of their own as well.
run_setup() {
  local name
  for name in $(compgen -e); do before_setup[$name]=\${!name}; done
  eval "$setup" || finish bad-setup "the setup lines ended with $?"
  set +efuxC +o pipefail
  IFS=$' \\t\\n'
}
# shellcheck disable=SC2034 # pilots ask for it
declare -A before_setup=()

# The address that the definition of the cluster asks for, if it does: in $ip.
find_wanted_ip() {
  ip=
  if [[ $network_interface =~ ^[0-9]+(\\.[0-9]+){3}$ ]]; then
    ip=$network_interface
  elif [ -n "$network_interface" ]; then
    ip=$(ip -4 -o address show dev "$network_interface" 2>/dev/null | awk '{ sub("/.*", "", $4); print $4; exit }')
    [ -n "$ip" ] || finish bad-setup "no address on the network interface $network_interface"
  fi
}

# ip_towards ADDRESS: the address of this machine from which that one is reached.
ip_towards() {
  ip -4 route get "$1" 2>/dev/null | sed -n 's/.* src \\([0-9.]*\\).*/\\1/p' | head -n 1
}

# The words that come before the program's flags. In an image it sees the directory that it works in, and GPUs.
find_program() {
  local runtime
  command=("\${program[@]}")
  if [ -n "$image" ]; then
    runtime=$(command -v apptainer || command -v singularity) ||
      finish no-program 'neither apptainer nor singularity is to be found on this node'
    command=("$runtime" exec --bind "$1")
    [ ! -d "$access_directory" ] || command+=(--bind "$access_directory")
    [ "\${gpus-0}" = 0 ] || command+=(--nv)
    command+=("$image" "\${program[@]}")
  fi
  command -v "\${command[0]}" >/dev/null || finish no-program "\${command[0]} is not to be found on this node"
}

# A flag must not be given twice: what the definition of the cluster says ($program_flags) wins over $ours.
merge_flags() {
  local flag given_flag
  flags=("\${program_flags[@]}")
  for flag in "\${ours[@]}"; do
    for given_flag in "\${program_flags[@]}"; do
      [ "$(flag_name "$flag")" != "$(flag_name "$given_flag")" ] || continue 2
    done
    flags+=("$flag")
  done
}

flag_name() {
  local name=\${1%%=*}
  name=\${name#--}
  echo "\${name#no-}"
}
`;
