/** What the queue has given, which may differ from what it was asked for. */
export const allocationShell = `
# --- Allocation: what this job may use --------------------------------------------------------------------------

# machine_ad NAME: a number from what HTCondor tells a job of its slot.
machine_ad() {
  sed -n "s/^$1 *= *\\([0-9][0-9]*\\).*/\\1/p" "\${_CONDOR_MACHINE_AD-/dev/null}" 2>/dev/null | grep .
}

given_cpus() {
  case $dialect in
    slurm) given SLURM_CPUS_ON_NODE ;;
    sge) given NSLOTS ;;
    pbs) given NCPUS ;;
    torque) given PBS_NUM_PPN PBS_NP ;;
    lsf) given LSB_DJOB_NUMPROC ;;
    htcondor) machine_ad Cpus || given OMP_NUM_THREADS ;;
    *) return 1 ;;
  esac
}

given_mem_mb() {
  local each
  case $dialect in
    slurm)
      given SLURM_MEM_PER_NODE && return 0
      each=$(given SLURM_MEM_PER_CPU) && echo $((each * cpus))
      ;;
    htcondor) machine_ad Memory ;;
    *) return 1 ;;
  esac
}

# The strictest memory limit of the control groups that this job is in, in MiB. Fails where there is none.
cgroup_mem_mb() {
  local controllers path bytes least=''
  while IFS=: read -r _ controllers path; do
    case ,$controllers, in
      ,,) path=/sys/fs/cgroup$path ;;
      *,memory,*) path=/sys/fs/cgroup/memory$path ;;
      *) continue ;;
    esac
    while [ "$path" != /sys/fs ] && [ -n "$path" ]; do
      bytes=$(cat "$path/memory.max" "$path/memory.limit_in_bytes" 2>/dev/null)
      # Version 1 writes "no limit" as a number of 19 digits.
      if [[ $bytes =~ ^[0-9]{1,15}$ ]] && { [ -z "$least" ] || ((bytes < least)); }; then least=$bytes; fi
      path=\${path%/*}
    done
  done </proc/self/cgroup
  [ -n "$least" ] && echo $((least / 1048576))
}

# The variables by which programs are told their GPUs, that of this node's make first. AMD's count within one another:
# a program that is told by two of them may see none.
gpu_variables() {
  if [ -e /dev/kfd ] && [ ! -e /dev/nvidiactl ]; then
    echo ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES CUDA_VISIBLE_DEVICES GPU_DEVICE_ORDINAL
  else
    echo CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES GPU_DEVICE_ORDINAL
  fi
}

# How many GPUs this job has ($gpus), which ($gpu_devices, with commas between), and by which variable ($gpu_variable)
# programs are told. They are counted only where some were asked for: such a variable may come from somebody's login.
# Where the queue does not say which they are, they are those from 0 on, as where a job sees no others.
read_gpus() {
  local name
  gpus=0 gpu_devices='' gpu_variable=''
  if [ "$asked_gpus" = 0 ]; then
    hide_gpus
    return
  fi
  for name in $(gpu_variables); do
    [ -n "$gpu_variable" ] || gpu_variable=$name
    if [ -n "\${!name-}" ]; then
      gpu_variable=$name
      gpu_devices=$(tr -s ' ,' , <<<"\${!name}")
      break
    fi
  done
  [[ ! $gpu_devices =~ ^(NoDevFiles|none|void|-1|10000)$ ]] || { gpu_devices='' && return; }
  if [ -n "$gpu_devices" ]; then
    gpus=$(awk -F, '{ print NF }' <<<"$gpu_devices")
  else
    gpus=$(given SLURM_GPUS_ON_NODE) || gpus=$asked_gpus
    gpu_devices=$(seq -s , 0 $((gpus - 1)))
  fi
  if are_gpu_names "$gpu_devices"; then
    export "$gpu_variable=$gpu_devices"
  else
    say "$gpu_variable has no names of GPUs that Mesos could count: all tasks see all of them"
    gpu_devices=''
  fi
}

# What the node has is somebody else's, where the queue does not keep it out of sight.
hide_gpus() {
  local name
  for name in $(gpu_variables); do [ -z "\${!name-}" ] || return 0; done
  if [ -e /dev/nvidiactl ] || [ -e /dev/kfd ]; then export CUDA_VISIBLE_DEVICES=-1; fi
}

# are_gpu_names LIST: whether it has the names of different GPUs, such as 0,1 or GPU-5a1b,MIG-2c3d/1/0.
are_gpu_names() {
  [[ $1 =~ ^[A-Za-z0-9_./-]+(,[A-Za-z0-9_./-]+)*$ ]] && [ -z "$(tr , '\\n' <<<"$1" | sort | uniq -d)" ]
}

# Of a disk that the jobs of a node share, the same part as of its cores, unless it was said how much.
given_disk_mb() {
  local free
  free=$(df -Pm "$scratch" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [[ $free =~ ^[0-9]+$ ]] || free=1024
  if [ "$asked_disk_mb" -gt 0 ]; then
    least "$asked_disk_mb" "$free"
  else
    least $((free * cpus / $(getconf _NPROCESSORS_ONLN))) "$free"
  fi
}

read_allocation() {
  local limit
  cpus=$(given_cpus) || cpus=$asked_cpus
  mem_mb=$(given_mem_mb) || mem_mb=$asked_mem_mb
  limit=$(cgroup_mem_mb) && mem_mb=$(least "$mem_mb" "$limit")
  # The agent and its executors count to the limit as tasks do.
  mem_mb=$((mem_mb > agent_mem_mb ? mem_mb - agent_mem_mb : 1))
  read_gpus
  disk_mb=$(given_disk_mb)
}

# expand TEXT: puts the values of environment variables in the places of $NAME, \${NAME} and \${NAME:-OTHERWISE};
# nothing else happens. Where one is not set, and there is nothing to put there instead, its name alone is said.
expand() {
  local rest=$1 done='' name
  # In a variable, and with brackets around braces: these would be counts of repetitions.
  local name_pattern='[A-Za-z_][A-Za-z0-9_]*'
  local pattern="^([^$]*)[$]([{]($name_pattern)(:-([^}]*))?[}]|($name_pattern))(.*)$"
  while [[ $rest =~ $pattern ]]; do
    name=\${BASH_REMATCH[3]}\${BASH_REMATCH[6]}
    [ -n "\${!name-}\${BASH_REMATCH[4]}" ] || { printf '%s' "$name" && return 1; }
    done+=\${BASH_REMATCH[1]}\${!name:-\${BASH_REMATCH[5]}}
    rest=\${BASH_REMATCH[7]}
  done
  printf '%s' "$done$rest"
}
`;
