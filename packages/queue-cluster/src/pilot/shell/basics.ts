/** What all parts of a script that runs in a batch job use: time, processes, pauses, requests over HTTP. */
export const basicsShell = `
# --- Basics -----------------------------------------------------------------------------------------------------

# Some queues start jobs with next to no environment. The administrator's programs, such as ip, are wanted, too.
export PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}:/usr/sbin:/sbin
export HOME=\${HOME:-$(getent passwd "$EUID" | cut -d: -f6)}

read -r host </proc/sys/kernel/hostname

# Seconds since this machine started: unlike the time of day, nobody sets it. In $now; costs no process.
read_clock() {
  read -r now _ </proc/uptime
  now=\${now%.*}
}

say() {
  printf '%(%Y-%m-%d %H:%M:%S)T %s\\n' -1 "$1"
}

# alive PID: whether there is such a process, and not only what is left of one until somebody asks how it ended.
alive() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=\${stat##*) }
  [ "\${stat%% *}" != Z ]
}

# start_time PID: tells a process from a later one that has got the same number.
start_time() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
  read -r -a stat <<<"\${stat##*) }"
  echo "\${stat[19]}"
}

# end_group PID: kills a process and the rest of its group. Executors have groups of their own.
end_group() {
  local rounds
  disown "$1" 2>/dev/null
  kill -KILL -- "-$1" 2>/dev/null
  for ((rounds = 0; rounds < 100; rounds++)); do
    alive "$1" || return 0
    sleep 0.1
  done
  say "process $1 is still there"
}

# is_ours ADDRESS PORT: whether it is a process of this user that listens there, on this machine. Where an agent has
# just ended, somebody else may have its port.
is_ours() {
  local a b c d port
  IFS=. read -r a b c d <<<"$1"
  printf -v port ':%04X' "$2"
  # Addresses are in the order of the bytes of this processor.
  printf -v a '%02X%02X%02X%02X %02X%02X%02X%02X' "$a" "$b" "$c" "$d" "$d" "$c" "$b" "$a"
  awk -v places="00000000$port \${a/ /$port }$port" -v uid="$EUID" '
    BEGIN { count = split(places, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
    $4 == "0A" && ($2 in wanted) { if ($8 == uid) ours = 1; else others = 1 }
    END { exit !(ours && !others) }' /proc/net/tcp 2>/dev/null
}

# http_get HOST PORT PATH [FILE]: the whole answer. By bash itself, because curl is not everywhere. The file holds a
# line of the request that nobody is to see, who could see an argument, and no other user of this machine.
# shellcheck disable=SC2016 # what is in single quotes is for the inner shell
http_get() {
  [ -z "\${4-}" ] || is_ours "$1" "$2" || return 1
  timeout "$answer_seconds" bash -c '
    line="User-Agent: galaxy-mesos"
    if [ -f "$4" ]; then read -r line <"$4"; fi
    exec 3<>"/dev/tcp/$1/$2" &&
      printf "GET %s HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n%s\\r\\n\\r\\n" "$3" "$1" "$line" >&3 && cat <&3
  ' ask "$1" "$2" "$3" "\${4-}" 2>/dev/null </dev/null | tr -d '\\000'
}

# given NAME...: the first of these environment variables that holds a whole number above 0.
given() {
  local name
  for name in "$@"; do
    [[ \${!name-} =~ ^[1-9][0-9]{0,9}$ ]] && printf '%s' "\${!name}" && return 0
  done
  return 1
}

# least A B: the smaller of two whole numbers.
least() {
  echo $(($1 < $2 ? $1 : $2))
}
`;
