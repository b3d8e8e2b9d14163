import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';

// A list of files is a text that a shell can read line by line, whatever the names are: `TYPE MODE SIZE SHA256 NAME`,
// with `-` for what a type has not, names with %XX for most bytes, and `done` as the last line.

/** A file: its size in bytes and its SHA-256 in hexadecimal. */
export interface ListedFile {
  readonly type: 'file';
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly executable: boolean;
}

/** A directory. */
export interface ListedDirectory {
  readonly type: 'directory';
  readonly name: string;
}

/** A link to something in the job's directory. */
export interface ListedLink {
  readonly type: 'link';
  readonly name: string;
  readonly target: string;
}

/** What a list has in one line. Names are relative, of bytes: each character stands for one. */
export type ListedEntry = ListedFile | ListedDirectory | ListedLink;

/** The last line of a list that is whole. */
export const lastLine = 'done\n';

/** A line that says nothing: something is still being done. */
export const idleLine = '#\n';

/** The bytes of a text, as characters. */
export const asBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** A name of bytes, as a query or a list has it. */
export const encodeName = (name: string): string =>
  name.replace(
    /[^A-Za-z0-9_./-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

const decodeName = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** One line of a list. */
export function writeEntry(entry: ListedEntry): string {
  const name = encodeName(entry.name);
  if (entry.type === 'directory') return `d 755 - - ${name}\n`;
  if (entry.type === 'link') return `l - - ${encodeName(entry.target)} ${name}\n`;
  return `f ${entry.executable ? '755' : '644'} ${entry.size} ${entry.sha256} ${name}\n`;
}

/** A relative name without a part that leads up, is nothing, or ends early. */
export const nameSchema = z
  .string()
  .max(12_000, 'is too long')
  .regex(/^(?:[A-Za-z0-9_./-]|%[0-9A-Fa-f]{2})+$/, 'is no name with %XX for its bytes')
  .transform(decodeName)
  .refine((name) => !name.split('/').some((part) => ['', '.', '..'].includes(part)), 'leads elsewhere')
  .refine((name) => !name.includes('\0'), 'has a NUL byte');

const modeSchema = z.string().regex(/^[0-7]{1,4}$/, 'is no mode of a file in octal digits');

const entrySchema = z.union([
  z.tuple([
    z.literal('f'),
    modeSchema,
    z
      .string()
      .regex(/^\d{1,15}$/, 'is no size')
      .transform(Number),
    z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256'),
    nameSchema,
  ]),
  z.tuple([z.literal('d'), modeSchema, z.literal('-'), z.literal('-'), nameSchema]),
  z.tuple([z.literal('l'), z.literal('-'), z.literal('-'), nameSchema, nameSchema]),
]);

function readEntry(line: string, number: number): ListedEntry {
  const { success, data, error } = entrySchema.safeParse(line.split(' '));
  if (!success) {
    const expected = 'expected "f MODE SIZE SHA256 NAME", "d MODE - - NAME" or "l - - TARGET NAME"';
    throw new FrontDoorError('BAD_REQUEST', `line ${number} of the list of files: ${expected}`, {
      fields: error.issues.map(({ message }) => ({ field: `line ${number}`, message })),
    });
  }
  const [type, mode, size, detail, name] = data;
  if (type === 'd') return { type: 'directory', name };
  if (type === 'l') return { type: 'link', name, target: detail };
  return { type: 'file', name, size, sha256: detail, executable: /[1357]/.test(mode.slice(-3)) };
}

/** So many lines are read at once: some milliseconds, in which nobody else is served. */
const linesAtOnce = 500;

/**
 * Reads a list, which may be long: others are served meanwhile.
 * @throws FrontDoorError `BAD_REQUEST`, `TOO_LARGE` for one of more than `mostEntries`
 */
export async function readFileList(text: string, mostEntries: number): Promise<readonly ListedEntry[]> {
  if (!text.endsWith(`\n${lastLine}`) && text !== lastLine) {
    throw new FrontDoorError('BAD_REQUEST', 'the list of files does not end with the line "done"');
  }
  // Not even looked at: what a list of the longest text has is far more.
  if (hasMoreLines(text, mostEntries + 1)) {
    throw new FrontDoorError('TOO_LARGE', `more than ${mostEntries} files are not taken`);
  }
  const lines = text.slice(0, -lastLine.length).split('\n');
  const entries: ListedEntry[] = [];
  for (const [index, line] of lines.entries()) {
    if (index % linesAtOnce === 0) await setImmediate();
    if (line !== '') entries.push(readEntry(line, index + 1));
  }
  return entries;
}

function hasMoreLines(text: string, most: number): boolean {
  let end = -1;
  for (let lines = 0; lines <= most; lines += 1) {
    end = text.indexOf('\n', end + 1);
    if (end === -1) return false;
  }
  return true;
}
