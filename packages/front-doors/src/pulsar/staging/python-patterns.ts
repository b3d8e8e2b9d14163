import { createContext, Script } from 'node:vm';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { shown } from '../../files/safe-name.ts';

/**
 * How long all patterns of a job may take. They come from tools, and a bad one may take for ever on a name made for
 * it, in which time the daemon would do nothing else.
 */
const patienceMilliseconds = 2_000;

const test = new Script('new RegExp(source, "su").test(text)');

/**
 * Whether a text begins with something that fits a regular expression of Python, as its `re.match` says.
 *
 * @throws FrontDoorError `BAD_REQUEST` for a pattern that is none, or that takes too long
 */
export function startsLike(pattern: string, text: string): boolean {
  return isLike(`^(?:${asJavaScript(pattern)})`, pattern, text);
}

/** Whether a text fits a shell's pattern, as Python's `fnmatch` says: `*` goes over `/`, too. */
export function fitsGlob(glob: string, text: string): boolean {
  const source = glob.replaceAll(/\[(!?)([^\]]+)\]|([*?])|([\s\S])/g, globPart);
  return isLike(`^(?:${source})$`, glob, text);
}

function globPart(_all: string, not: string, set: string | undefined, wild: string, plain: string): string {
  if (set !== undefined) return `[${not ? '^' : ''}${set.replaceAll(/[\\[^]/g, '\\$&')}]`;
  if (wild) return wild === '*' ? '.*' : '.';
  return plain.replace(/[\\^$.|+()[\]{}/-]/, (character) => (character === '-' ? '\\x2d' : `\\${character}`));
}

function isLike(source: string, pattern: string, text: string): boolean {
  try {
    const answer: unknown = test.runInContext(createContext({ source, text }), {
      timeout: patienceMilliseconds,
    });
    return answer === true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FrontDoorError('BAD_REQUEST', `the pattern ${shown(pattern)} cannot be used: ${why}`, {
      cause: error,
    });
  }
}

/** What Python writes otherwise: named groups, what refers to them, and the ends of a text. */
function asJavaScript(pattern: string): string {
  return (
    pattern
      .replaceAll('(?P<', '(?<')
      .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
      .replaceAll('\\A', '^')
      .replaceAll('\\Z', '$')
      // Python lets any character be escaped; JavaScript with the flag u only those that mean something.
      .replaceAll(/\\([^\w\s^$\\.*+?()[\]{}|/-])/g, '$1')
      .replaceAll('\\_', '_')
  );
}
