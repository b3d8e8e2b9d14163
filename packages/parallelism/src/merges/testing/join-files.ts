import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Compression, encode, openDecoded } from '@galaxy-mesos/formats';
import type { JoinPart, JoinRequest, MergeChoice } from '../merge.ts';
import { readyMerge } from '../merges.ts';

/** A part of a test: what its file holds, or `undefined` if there is no file. */
export type TestPart = string | Uint8Array | undefined;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Text, one byte for each character, as a file holds it that is compressed. */
export const compressed = async (text: string, compression: Compression): Promise<Buffer> => {
  if (compression === 'bzip2' || compression === 'xz') throw new Error(`${compression} is not written`);
  return Buffer.concat(await Array.fromAsync(encode(once(Buffer.from(text, 'latin1')), compression)));
};

/** What compressed bytes hold, as text, one character for each byte. */
export const decompressed = async (bytes: Uint8Array): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'merge-'));
  try {
    const path = join(directory, 'compressed');
    await writeFile(path, bytes);
    await using source = await openDecoded(path);
    return Buffer.concat(await Array.fromAsync(source)).toString('latin1');
  } finally {
    await rm(directory, { recursive: true });
  }
};

const bytesOf = (part: string | Uint8Array): Uint8Array =>
  typeof part === 'string' ? Buffer.from(part, 'latin1') : part;

/** What a test may say besides what the parts hold. */
interface JoinOptions {
  readonly name?: string;
  readonly labels?: readonly string[];
  readonly values?: readonly Readonly<Record<string, string>>[];
}

/** The bytes that a merge makes of files; sees to it that it leaves nothing else, and nothing at all if it fails. */
export const joined = async (
  choice: MergeChoice,
  contents: readonly TestPart[],
  { name = 'result', labels = [], values = [] }: JoinOptions = {},
): Promise<Buffer> => {
  const directory = await mkdtemp(join(tmpdir(), 'merge-'));
  try {
    const parts: JoinPart[] = [];
    for (const [index, content] of contents.entries()) {
      const path = join(directory, `${index}-${name}`);
      if (content !== undefined) await writeFile(path, bytesOf(content));
      parts.push({ path, label: labels[index], values: values[index] });
    }
    return await joinedIn(directory, choice, parts);
  } finally {
    await rm(directory, { recursive: true });
  }
};

const joinedIn = async (
  directory: string,
  choice: MergeChoice,
  parts: JoinRequest<unknown>['parts'],
): Promise<Buffer> => {
  const merge = readyMerge(choice);
  if (merge.kind !== 'here') throw new Error(`${choice.merge} runs where tasks run`);
  const destination = join(directory, 'merged');
  const before = readdirSync(directory).length;
  try {
    await merge.join({ parts, destination });
  } catch (error) {
    if (readdirSync(directory).length !== before) throw new Error('left files behind', { cause: error });
    throw error;
  }
  if (readdirSync(directory).length !== before + 1 || !existsSync(destination)) {
    throw new Error(`expected the result alone, found ${readdirSync(directory).join(' ')}`);
  }
  return readFile(destination);
};

/** The same as text, one character for each byte. */
export const joinedText = async (...request: Parameters<typeof joined>): Promise<string> =>
  (await joined(...request)).toString('latin1');
