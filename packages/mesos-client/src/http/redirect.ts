import type { AddressRewrite } from '../leader/master-detector.ts';
import { MesosError } from '../mesos-error.ts';

/** More hops than masters in any sensible cluster: beyond this they point at one another. */
export const maximumRedirects = 5;

/**
 * Where a 307 leads. A Mesos 1.11.0 master sends `//host:port/master/api/v1/scheduler`, `/redirect` sends a
 * bare `//host:port`, the documentation shows `host:port`: all are taken, and absolute addresses too. Without
 * a scheme it stays that of `from`, without a path that of `from`. Throws UNEXPECTED_ANSWER for anything else.
 */
export function resolveRedirect(location: string | undefined, from: URL, rewrite?: AddressRewrite): URL {
  const text = location?.trim() ?? '';
  const absolute = /^https?:\/\//i.test(text) ? text : `${from.protocol}//${text.replace(/^\/\//, '')}`;
  if (text === '' || /^\/(?!\/)/.test(text) || !URL.canParse(absolute))
    throw new MesosError(
      'UNEXPECTED_ANSWER',
      `${from.host} redirects to ${JSON.stringify(text)}; expected //host:port`,
      { status: 307 },
    );
  const target = new URL(absolute);
  if (target.pathname === '/') target.pathname = from.pathname;
  if (!rewrite) return target;
  // A rewrite is about hosts; the path stays even if it forgets it.
  const rewritten = new URL(rewrite(new URL(target)));
  if (rewritten.pathname === '/') rewritten.pathname = target.pathname;
  return rewritten;
}
