import { FrontDoorError } from '../access/front-door-error.ts';

/** Linux takes no longer name of one file or directory, in bytes. */
const longestSegment = 255;
/** Linux takes no longer path, in bytes; what is before the name has to fit, too. */
const longestName = 3_000;

/**
 * The directories and the file that a relative name says. Refused is every name that could mean anything but a file
 * below the directory it is looked up in: `..`, absolute names, backslashes (separators elsewhere), and NUL.
 *
 * @throws FrontDoorError `UNSAFE_NAME`
 */
export function safeSegments(name: string): readonly [string, ...string[]] {
  const reason = whyUnsafe(name);
  if (reason !== undefined) throw new FrontDoorError('UNSAFE_NAME', `${shown(name)} ${reason}`);
  const [first, ...rest] = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (first === undefined) {
    throw new FrontDoorError('UNSAFE_NAME', `${shown(name)} names no file`);
  }
  return [first, ...rest];
}

/** A name as it may stand in a message: not without end, and with nothing that moves the cursor. */
export const shown = (name: string): string =>
  JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);

function whyUnsafe(name: string): string | undefined {
  if (name.includes('\0')) return 'has a NUL character in it, which no file name has';
  if (name.includes('\\')) return 'has a backslash in it: separate directories by "/"';
  if (name.startsWith('/')) return 'is absolute: give a name below the directory of the job';
  if (Buffer.byteLength(name) > longestName) return `is longer than ${longestName} bytes`;
  const segments = name.split('/');
  if (segments.includes('..')) return 'leads out of the directory: ".." is not allowed';
  if (segments.some((segment) => Buffer.byteLength(segment) > longestSegment)) {
    return `has a part of more than ${longestSegment} bytes`;
  }
  return undefined;
}
