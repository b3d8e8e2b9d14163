/** The Mesos agent: how it is started, found, asked, and led to another master. */
export const agentShell = `
# --- Agent ------------------------------------------------------------------------------------------------------

agent_pid=
agent_host=
agent_port=0
agent_id=
agent_restarts=0

# The address of this machine from which the master is reached; where that cannot be told, the agent looks for one.
find_ip() {
  local master_host
  find_wanted_ip
  if [ -z "$ip" ] && [[ $master =~ ^[^/]+:[0-9]+$ ]]; then
    master_host=$(getent ahostsv4 "\${master%:*}" 2>/dev/null | awk '{ print $1; exit }')
    [ -z "$master_host" ] || ip=$(ip_towards "$master_host")
  fi
}

# The attribute "ends" is when tasks are stopped, so that none is placed here that would take longer.
find_flags() {
  local ours attribute_text resource_text="cpus:$cpus;mem:$mem_mb;disk:$disk_mb;ports:[$ports];gpus:$gpus"
  attribute_text="cluster:$(attribute "$cluster");pool:$(attribute "$pool");pilot:$(attribute "$pilot")"
  attribute_text+=";host:$(attribute "$host");ends:$((ends - hard_margin_seconds))"
  [ -z "$queue" ] || attribute_text+=";queue:$queue"
  # Frameworks that take GPUs take as many names of them, each of which Mesos gives away once, and tell them to their tasks.
  if [ -n "\${gpu_devices-}" ]; then
    resource_text+=";gpu_devices:{$gpu_devices}"
    attribute_text+=";gpu_variable:$gpu_variable"
  fi
  [ -z "$attributes" ] || attribute_text+=";$attributes"
  # shellcheck disable=SC2054 # the commas belong to the flags
  ours=(
    --work_dir="$work/agent"
    --runtime_dir="$work/run"
    --fetcher_cache_dir="$work/fetch"
    --resources="$resource_text"
    --attributes="$attribute_text"
    --launcher=posix
    --isolation=posix/cpu,posix/mem
    --no-systemd_enable_support
    --executor_environment_variables="file://$work/environment.json"
  )
  [ -z "$ip" ] || ours+=(--ip="$ip" --no-hostname_lookup)
  [ "$EUID" = 0 ] || ours+=(--no-switch_user)
  if [ -n "$executor_key" ]; then
    if knows_flag authenticate_http_executors; then
      ours+=(--authenticate_http_executors --jwt_secret_key="$executor_key")
    else
      say 'this agent was built without TLS, and cannot give executors tokens: groups of tasks do not work on it'
    fi
  fi
  merge_flags
}

# knows_flag NAME: whether the program has this flag.
knows_flag() {
  timeout 20 "\${command[@]}" --help 2>&1 </dev/null | grep -qF -- "$1"
}

# In a file, for everybody on the node sees command lines, and setup may export what is for nobody else's eyes.
write_task_environment() {
  task_environment >"$work/environment.json" || finish no-scratch "$work cannot be written"
}

# The names of what the setup lines have exported, but for what is for Mesos, for this shell, or of another one's making.
setup_names() {
  local name
  for name in $(compgen -e); do
    case $name in
      MESOS_* | LIBPROCESS_* | GALAXY_MESOS_* | PWD | OLDPWD | SHLVL | _ | TMPDIR) continue ;;
    esac
    [ "\${before_setup[$name]+x}\${before_setup[$name]-}" = "x\${!name}" ] || echo "$name"
  done
}

# What tasks find in their environment, as JSON: agents hand down nothing of their own. What programs are found by, what
# the setup lines have exported, a place for files that goes with the rest of the scratch directory, and all GPUs of this
# job: frameworks that take names of them tell each task its own.
task_environment() {
  local name value others text="\\"TMPDIR\\":\\"$work/tmp\\""
  local always='PATH LD_LIBRARY_PATH HOME USER LOGNAME LANG'
  others=$(setup_names | grep -vxF "$(tr ' ' '\\n' <<<"$always $(gpu_variables)")")
  # shellcheck disable=SC2046,SC2086 # names without blanks
  for name in $always $others \${gpu_variable:-$(gpu_variables)}; do
    value=\${!name-}
    if [ -z "$value" ] || [[ $value == *[[:cntrl:]]* ]]; then continue; fi
    value=\${value//\\\\/\\\\\\\\}
    value=\${value//\\"/\\\\\\"}
    text+=",\\"$name\\":\\"$value\\""
  done
  echo "{$text}"
}

# attribute TEXT: as much of it as an agent's attribute can hold.
attribute() {
  printf '%s' "\${1//[^A-Za-z0-9_.\\/-]/_}"
}

# Whether the messages of the master come from its own address, and ours from the one that we have told it: where both
# are on one network, and on one machine where both have one address. Nobody else's are taken for the master's then.
knows_peers() {
  local master_host route
  [[ $master =~ ^[^/]+:[0-9]+$ ]] || return 1
  master_host=$(getent ahostsv4 "\${master%:*}" 2>/dev/null | awk '{ print $1; exit }')
  [ -n "$master_host" ] && [ -n "$ip" ] && [ "$ip" = "$(ip_towards "$master_host")" ] || return 1
  route=$(ip -4 route get "$master_host" 2>/dev/null)
  case $route in
    *' via '*) return 1 ;;
    local*) [ "$ip" = "$master_host" ] ;;
  esac
}

# The agent gets a process group of its own, so that it can be ended with its helpers and without its executors, and
# so that signals for this job's group are this script's to answer. Some queues send USR2 to all processes of a job. Its port stays the same over restarts, or running
# executors would not find it again.
start_agent() {
  say "starting an agent of $master: $cpus cores, $mem_mb MiB, $gpus GPUs, $disk_mb MiB of disk"
  set -m
  (
    let_signals_through
    trap '' USR2
    # Only where nobody has said otherwise in the setup lines.
    if [ -z "\${LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH-}" ] && knows_peers; then
      export LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH=true
    fi
    exec "\${command[@]}" --master="$master" --port="$agent_port" "\${flags[@]}"
  ) </dev/null >>"$work/agent.log" 2>&1 &
  agent_pid=$!
  set +m
  echo "$agent_pid $(start_time "$agent_pid")" >"$work/agent.pid"
  read_clock
  agent_started=$now
}

# The agent's own words, in its log, for where it listens and what the master calls it.
read_agent_log() {
  local found
  if [ -z "$agent_host" ]; then
    found=$(sed -n 's/.*agent started on ([0-9]*)@\\([0-9.]*:[0-9]*\\).*/\\1/p' "$work/agent.log" | tail -n 1)
    if [ -n "$found" ]; then
      agent_host=\${found%:*} agent_port=\${found##*:}
      tell agent_pid "$agent_pid" agent_address "$found"
    fi
  fi
  if [ -z "$agent_id" ]; then
    agent_id=$(sed -n 's/.*egistered with master .*; given agent ID \\([A-Za-z0-9-]*\\).*/\\1/p' "$work/agent.log" | tail -n 1)
    [ -z "$agent_id" ] || tell agent_id "$agent_id"
  fi
}

# How many executors the agent has. One that does not answer in plain HTTP is not asked: then those processes are
# counted that have been told of a sandbox of this agent.
count_executors() {
  local answer kind sum=0
  if [ -n "$agent_host" ]; then
    answer=$(http_get "$agent_host" "$agent_port" /metrics/snapshot "$access_directory/authorization")
    for kind in registering running terminating; do
      [[ $answer =~ slave\\\\?/executors_$kind\\":([0-9]+) ]] || break
      sum=$((sum + BASH_REMATCH[1]))
      [ "$kind" != terminating ] || { echo "$sum" && return; }
    done
  fi
  grep -lzsF "MESOS_SANDBOX=$work/" /proc/[0-9]*/environ | wc -l
}

# Whether the master answers. Where it has to be found in ZooKeeper, or in a file, the agent knows; where it speaks TLS, it is enough
# that somebody listens.
master_answers() {
  local answer
  if [[ $master == *://* ]]; then
    [ -n "$agent_host" ] || return 0
    answer=$(http_get "$agent_host" "$agent_port" /metrics/snapshot "$access_directory/authorization")
    [[ ! $answer =~ slave\\\\?/registered\\":0 ]]
  elif [[ \${LIBPROCESS_SSL_ENABLED-} =~ ^(1|true)$ ]]; then
    # shellcheck disable=SC2016 # what is in single quotes is for the inner shell
    timeout "$answer_seconds" bash -c ': <>"/dev/tcp/$1/$2"' ask "\${master%:*}" "\${master##*:}" 2>/dev/null
  else
    answer=$(http_get "\${master%:*}" "\${master##*:}" /health)
    [[ $answer == HTTP/* ]]
  fi
}

# Agents may reach their master at another address than the launcher, who goes through something that speaks TLS. A
# flag says so, which must not be given twice.
master_of_flags=
find_master_of_flags() {
  local index
  for index in "\${!program_flags[@]}"; do
    [[ \${program_flags[index]} == --master=* ]] || continue
    master_of_flags=\${program_flags[index]#--master=}
    unset "program_flags[index]"
  done
  master=\${master_of_flags:-$master}
}

# The master's address, from the file "address". Anything else than one address is no news.
read_address() {
  local said
  [ -z "$master_of_flags" ] || return 1
  [ -f "$cluster_directory/address" ] || return 1
  said=$(head -c 1024 "$cluster_directory/address" 2>/dev/null | tr -d '\\000')
  [[ $said =~ ^([A-Za-z0-9._-]+:[0-9]{1,5}|zk://[A-Za-z0-9._,:/-]+|file:///[A-Za-z0-9._/-]+)$ ]] || return 1
  [ "$said" != "$master" ] || return 1
  master=$said
}

# A new master: the agent is started again with its address. Executors go on meanwhile and come back to it.
follow_master() {
  read_address || return 0
  say "the master is at $master now"
  tell master "$master"
  end_group "$agent_pid"
  start_agent
}

# An agent that finds no space for its log cannot say so.
want_of_space() {
  local free
  free=$(df -Pk "$work" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [[ $free =~ ^[0-9]+$ ]] && ((free < 1024)) && echo ": no space is left in $scratch"
}

# The agent has ended by itself. Killed or crashed, it is started again while its executors wait for it; one that has
# just been started is not, and neither is one that ended in order: its master has sent it away.
agent_ended() {
  local code
  wait "$agent_pid"
  code=$?
  # Who sent the agent a signal may have sent it to this script as well, which is then told so in a moment.
  ((code < 128)) || pause 1
  say "the agent ended with $code"
  read_clock
  if ((code == 0 || agent_restarts >= agent_restarts_most || now - agent_started < agent_fresh_seconds)); then
    finish agent-died "$code$(want_of_space)"
  fi
  agent_restarts=$((agent_restarts + 1))
  end_group "$agent_pid"
  start_agent
  tell agent_pid "$agent_pid" agent_restarts "$agent_restarts"
}
`;
