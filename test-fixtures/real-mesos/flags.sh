# shellcheck shell=bash
# Sourced by mesos-agent and mesos-master: makes Mesos's own flags, `--name=value`, `--name` and `--no-name`, the
# environment variables that start.sh knows. Leaves work_dir, port and master in variables of these names.
# shellcheck disable=SC2034 # used by those that source this
work_dir='' port='' master=''
if [ "${1-}" = --help ]; then
  echo 'Any flag of Mesos, such as --work_dir=DIR or --[no-]authenticate_http_executors.'
  exit 0
fi
for flag in "$@"; do
  name=${flag%%=*}
  name=${name#--}
  value=true
  [[ $flag == *=* ]] && value=${flag#*=}
  if [[ $flag == --no-* ]]; then
    name=${name#no-}
    value=false
  fi
  # shellcheck disable=SC2034 # used by those that source this
  case $name in
    work_dir) work_dir=$value ;;
    port) port=$value ;;
    master) master=$value ;;
    # Of the rig's own choice: it stays on this machine, below the work directory.
    ip | hostname_lookup | runtime_dir | fetcher_cache_dir | launcher | isolation | http_command_executor) ;;
    *) export "MESOS_${name^^}=$value" ;;
  esac
done
