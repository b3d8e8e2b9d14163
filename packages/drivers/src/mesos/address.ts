/** Whether an address means another machine to whoever is on another machine. */
export const isOnlyHere = (host: string): boolean =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|::1|\[::1\])$/i.test(host);

/**
 * `host:port` of the first host that others can reach, or of the first at all; `undefined` if there is none.
 * A machine that calls itself localhost may still know its address.
 */
export function authorityOf(hosts: readonly (string | undefined)[], port: number): string | undefined {
  const named = hosts.flatMap((host) => host || []);
  const host = named.find((name) => !isOnlyHere(name)) ?? named[0];
  if (host === undefined) return undefined;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
