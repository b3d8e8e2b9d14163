import type { AddressRewrite } from '../leader/master-detector.ts';
import { MesosError } from '../mesos-error.ts';

/** More hops than masters in any sensible cluster: beyond this they point at one another. */
export const maximumRedirects = 5;

function refused(from: URL, text: string, expected: string): MesosError {
  return new MesosError(
    'UNEXPECTED_ANSWER',
    `${from.host} redirects to ${JSON.stringify(text)}; ${expected}`,
    {
      status: 307,
    },
  );
}

function parseLocation(text: string, from: URL): URL {
  const [, scheme] = /^([a-z][a-z\d+.-]*):\/\//i.exec(text) ?? [];
  const absolute = scheme === undefined ? `${from.protocol}//${text.replace(/^\/\//, '')}` : text;
  const isHttp = scheme === undefined || /^https?$/i.test(scheme);
  if (text === '' || !isHttp || /^\/(?!\/)/.test(text) || !URL.canParse(absolute))
    throw refused(from, text, 'expected //host:port');
  const target = new URL(absolute);
  if (target.pathname === '/') target.pathname = from.pathname;
  return target;
}

function rewritten(target: URL, rewrite: AddressRewrite): URL {
  let address: URL;
  try {
    address = new URL(rewrite(new URL(target)));
  } catch (cause) {
    throw new MesosError('UNEXPECTED_ANSWER', `\`rewriteAddress\` failed for ${target.origin}`, {
      setting: 'rewriteAddress',
      cause,
    });
  }
  // A rewrite is about hosts; the path stays even if it forgets it.
  if (address.pathname === '/') address.pathname = target.pathname;
  return address;
}

/**
 * Where a 307 leads. A Mesos 1.11.0 master sends `//host:port/master/api/v1/scheduler`, `/redirect` sends a
 * bare `//host:port`, the documentation shows `host:port`: all are taken, and absolute addresses too. Without
 * a scheme it stays that of `from`, without a path that of `from`. Throws UNEXPECTED_ANSWER for anything else, and
 * where it leads from https to http: what is secret would be readable on its way.
 */
export function resolveRedirect(location: string | undefined, from: URL, rewrite?: AddressRewrite): URL {
  const text = location?.trim() ?? '';
  const parsed = parseLocation(text, from);
  const target = rewrite ? rewritten(parsed, rewrite) : parsed;
  if (from.protocol === 'https:' && target.protocol !== 'https:')
    throw refused(from, text, `expected https as there, not ${target.origin}`);
  return target;
}
