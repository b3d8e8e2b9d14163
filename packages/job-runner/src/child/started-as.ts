import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FileOwner } from '../deliver-as.ts';

/** How a program is started. */
export interface Started {
  readonly command: string;
  readonly parameters: readonly string[];
  /** Options of `spawn`. */
  readonly user?: FileOwner;
}

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((directory) => existsSync(path.join(directory, program)));

/**
 * How a program is started as somebody. What Node starts as another user has none of that user's supplementary groups,
 * by which files of a laboratory are often shared; `setpriv` gives them, where there is one.
 */
export function startedAs(
  owner: FileOwner | undefined,
  [program, ...parameters]: readonly [string, ...string[]],
  hasSetpriv = () => isThere('setpriv'),
): Started {
  if (!owner || owner.uid === process.geteuid?.()) return { command: program, parameters };
  const { uid, gid } = owner;
  if (!hasSetpriv()) return { command: program, parameters, user: { uid, gid } };
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'];
  return { command: 'setpriv', parameters: [...become, program, ...parameters] };
}
