/** What the launcher wants of the script. */
export const ordersShell = `
# --- Orders: what the launcher wants, in the file "orders" ------------------------------------------------------

order_keep=0
order_drain=0
order_stop=0
revoked=
orders_missed=

# A file that is not whole (it ends with end=1), or holds what is not known here, is no news.
read_orders() {
  local key value said_token='' keep=0 drain=0 stop=0 whole=0
  [ -e "$directory/$pilot.fenced" ] && revoked='the queue has started this job a second time'
  if [ ! -f "$directory/orders" ]; then
    orders_are_missing
    return
  fi
  orders_missed=
  while IFS='=' read -r key value; do
    case $key=$value in
      token=*) said_token=$value ;;
      keep=1) keep=1 ;;
      drain=1) drain=1 ;;
      stop=1) stop=1 ;;
      end=1) whole=1 ;;
    esac
  done < <(head -c 4096 "$directory/orders" 2>/dev/null | tr -d '\\000')
  [ "$whole" = 1 ] || return 0
  if [ "$said_token" != "$token" ]; then
    revoked='its orders are for somebody else'
    return
  fi
  # shellcheck disable=SC2034 # not every kind of job obeys all
  order_keep=$keep order_drain=$drain order_stop=$stop
}

# A cluster that is there and has no orders for this job does not want it. File servers may show changes late, so that
# is believed after a while only; and where the cluster's directory is not to be seen at all, nothing is known.
orders_are_missing() {
  if [ ! -d "\${directory%/*}" ]; then
    orders_missed=
  elif [ -z "$orders_missed" ]; then
    orders_missed=$now
  elif ((now - orders_missed >= revoked_seconds)); then
    revoked='its orders have been removed'
  fi
}
`;
