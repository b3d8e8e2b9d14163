import { isIP } from 'node:net';
import { z } from 'zod';

/** Where to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT` or `[IPV6]:PORT`; `undefined` if it is neither. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || digits === '' || port > 65_535) return undefined;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return { host, port };
}

/** An address as it stands in a URL. */
export const describeAddress = ({ host, port }: Address): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

/** Whether nobody on another machine can reach the address. */
export const isLoopback = ({ host }: Pick<Address, 'host'>): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Whether it stands for all addresses of this machine, so that nobody can be told to go there. */
export const isWildcard = ({ host }: Pick<Address, 'host'>): boolean => host === '0.0.0.0' || host === '::';

/** The text of an address that {@link parseAddress} can read. */
export const addressSchema = z.string().refine((text) => parseAddress(text) !== undefined, {
  error: 'expected HOST:PORT, such as 127.0.0.1:8913 or [::1]:8913',
});

/** A file; a path that is not absolute is relative to the file that names it. */
export const fileSchema = z.string().min(1);

/** A directory; a path that is not absolute is relative to the file that names it. */
export const directorySchema = z.string().min(1);

const isWebUrl = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol) && new URL(text).search === '';

/** A URL of this daemon, without a query. */
export const urlSchema = z.string().refine(isWebUrl, {
  error: 'expected a URL such as http://daemon.example:8913',
});
