/** With which codes a stream of events is closed (RFC 6455, section 7.4); 4000 and above are this API's own. */
export const eventCloseCodes = {
  /** The daemon stops: come again, with `after`. */
  goingAway: 1001,
  /** The daemon could not read its events; its log tells why. */
  internal: 1011,
  /** Nothing was taken for a while: come again, with `after`. */
  tooSlow: 1013,
  /** The token is not known any more, or has other rights: come again, with `after`, and with a token that is. */
  dismissed: 4401,
  /** Events behind `after` are not kept any more: ask for the jobs anew, then come again without `after`. */
  gone: 4410,
} as const;
