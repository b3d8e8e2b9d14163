/** How big a master's log gets before its beginning goes: as a rule it lies in a home directory with a quota. */
export const mostLogBytes = 64 * 1024 * 1024;

/** For sh as for bash. The log has to be open for appending: what has it open writes on at its new end. */
export const logShell = `
# cut_log LOG BYTES: what is in a log that has more than that is kept as LOG.old, and the log begins anew.
cut_log() {
  log_bytes=$({ wc -c <"$1"; } 2>/dev/null) || return 0
  [ "$log_bytes" -gt "$2" ] || return 0
  cp -p "$1" "$1.old" 2>/dev/null
  : >"$1"
}
`;
