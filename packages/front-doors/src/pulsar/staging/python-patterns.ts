import { createContext, Script } from 'node:vm';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { shown } from '../../files/safe-name.ts';

/**
 * How long one look may take. Patterns come from tools, and a bad one may take for ever on a name made for it, in
 * which time the daemon would do nothing else. A good one takes no time, but a busy machine may stand still meanwhile.
 */
const patienceMilliseconds = 2_000;

const context = createContext({ source: '', flags: '', text: '' });
const test = new Script('new RegExp(source, flags).test(text)');

/**
 * Whether a text begins with something that fits a regular expression of Python, as its `re.match` says.
 *
 * @throws FrontDoorError `BAD_REQUEST` for a pattern that is none, or that takes too long
 */
export function startsLike(pattern: string, text: string): boolean {
  // Only at its beginning may a pattern of Python say how all of it is meant.
  const [whole = '', flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  return isLike(pattern, { source: `^(?:${asJavaScript(pattern.slice(whole.length))})`, flags, text });
}

/** Whether a text fits a shell's pattern, as Python's `fnmatch` says: `*` goes over `/`, too. */
export function fitsGlob(glob: string, text: string): boolean {
  const source = glob.replaceAll(/\[(!?)([^\]]+)\]|([*?])|([\s\S])/g, globPart);
  return isLike(glob, { source: `^(?:${source})$`, flags: 's', text });
}

function globPart(_all: string, not: string, set: string | undefined, wild: string, plain: string): string {
  if (set !== undefined) return `[${not ? '^' : ''}${set.replaceAll(/[\\[^]/g, '\\$&')}]`;
  if (wild) return wild === '*' ? '.*' : '.';
  return plain.replace(/[\\^$.|+()[\]{}/]/, '\\$&');
}

function isLike(
  pattern: string,
  question: { readonly source: string; readonly flags: string; readonly text: string },
): boolean {
  try {
    Object.assign(context, question);
    return test.runInContext(context, { timeout: patienceMilliseconds }) === true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FrontDoorError('BAD_REQUEST', `the pattern ${shown(pattern)} cannot be used: ${why}`, {
      cause: error,
    });
  }
}

/** What Python writes otherwise: named groups, what refers to them, and the ends of a text. */
const asJavaScript = (pattern: string): string =>
  pattern
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$');
