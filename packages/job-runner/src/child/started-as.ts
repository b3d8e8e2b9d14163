import { spawnSync } from 'node:child_process';
import type { FileOwner } from '../deliver-as.ts';

/** How a program is started. */
export interface Started {
  readonly command: string;
  readonly parameters: readonly string[];
  /** Options of `spawn`. */
  readonly user?: FileOwner;
}

/** Those for whom it was seen to work. */
const worked = new Set<string>();

/** One of BusyBox knows less, and none has groups for a number that no user has. */
function canBecome(words: readonly string[]): boolean {
  const key = words.join(' ');
  if (
    !worked.has(key) &&
    spawnSync('setpriv', [...words, 'true'], { cwd: '/', stdio: 'ignore' }).status === 0
  )
    worked.add(key);
  return worked.has(key);
}

/**
 * How a program is started as somebody. What Node starts as another user has none of that user's supplementary groups,
 * by which files of a laboratory are often shared; `setpriv` gives them, where there is one that can.
 */
export function startedAs(
  owner: FileOwner | undefined,
  [program, ...parameters]: readonly [string, ...string[]],
  setprivCan = canBecome,
): Started {
  if (!owner || owner.uid === process.geteuid?.()) return { command: program, parameters };
  const { uid, gid } = owner;
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'];
  if (!setprivCan(become)) return { command: program, parameters, user: { uid, gid } };
  return { command: 'setpriv', parameters: [...become, program, ...parameters] };
}
