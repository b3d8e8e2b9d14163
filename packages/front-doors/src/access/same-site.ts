import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** The headers of a request by which a browser tells for whom it asks. */
interface SiteHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

const hostOf = (authority: string): string | undefined =>
  URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : undefined;

/**
 * Whether a request may come from where it says: programs send no `Origin`; a browser does, and then the page must be
 * one of this server's own. Else any page that somebody looks at could send jobs to a daemon on the same machine.
 */
export function isSameSite({ host, origin }: SiteHeaders): boolean {
  if (origin === undefined) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/**
 * Whether a request names this machine as one that nobody else can point elsewhere: an address, or this machine's own
 * names. Where no token is asked for, a page could else take a name of its own, let that lead to 127.0.0.1, and be of
 * the same site.
 */
export function isOwnName({ host = '' }: SiteHeaders): boolean {
  // Most requests name it as the one before them did.
  if (host !== last.host) last = { host, isOwn: isOwnHost(host) };
  return last.isOwn;
}

let last: { readonly host: string | undefined; readonly isOwn: boolean } = { host: undefined, isOwn: false };

function isOwnHost(host: string): boolean {
  const name = hostOf(host)?.replace(/^\[(.*)\]$/, '$1');
  if (name === undefined) return false;
  return (
    isIP(name) !== 0 ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === hostname().toLowerCase()
  );
}
