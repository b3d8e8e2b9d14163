import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join as joinPath } from 'node:path';
import { openSource } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, withPart } from '../files/name-part.ts';
import { syncFile } from '../files/sync-file.ts';
import { valueColumns } from '../files/value-columns.ts';
import type { JoinRequest, Merge } from '../merge.ts';

/** The table that tells which file is of which part. */
export const collectionManifest = 'collection.tsv';

const longestLabel = 100;

const extensionOf = (path: string): string =>
  /(?:\.[A-Za-z0-9]+)?\.[A-Za-z0-9]+$/.exec(basename(path))?.[0] ?? '';

/** `0007_chr1_1-1000.bam`: the number keeps the order, and two labels that look alike apart. */
const fileNameOf = ({ index, label, path }: NumberedPart, digits: number): string => {
  const number = String(index + 1).padStart(digits, '0');
  const words = label?.replace(/[^A-Za-z0-9.=-]+/g, '_').slice(0, longestLabel);
  return `${number}${words === undefined ? '' : `_${words}`}${extensionOf(path)}`;
};

/**
 * Takes a file of a part under another name: no bytes are copied where that is possible. What a command linked in the
 * place of its result is copied: a link would lead to nowhere once the part is removed, and a second name of an input
 * would make the result change with it.
 */
const take = async (path: string, destination: string): Promise<void> => {
  const file = await lstat(path);
  if (file.isFile() && file.nlink === 1 && (await isLinked(path, destination))) return;
  await copyFile(path, destination, constants.COPYFILE_FICLONE);
  await syncFile(destination);
};

/** False on another file system, or one without links; if the file itself is the reason, copying it will say so. */
const isLinked = (path: string, destination: string): Promise<boolean> =>
  link(path, destination).then(
    () => true,
    () => false,
  );

const cell = (text: string): string => text.replace(/[\t\r\n]/g, ' ');
const row = (cells: readonly string[]): string => `${cells.map(cell).join('\t')}\n`;

const fill = async (
  directory: string,
  parts: readonly NumberedPart[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  const columns = valueColumns('collection', parts);
  const rows = [row(['#element', 'file', 'bytes', ...columns.names])];
  for (const part of parts) {
    signal?.throwIfAborted();
    const file = fileNameOf(part, String(parts.length).length);
    await withPart(part, async () => {
      // Refuses what is no file, with words.
      await using _ = await openSource(part.path, { signal });
      await take(part.path, joinPath(directory, file));
      const { size } = await stat(joinPath(directory, file));
      rows.push(row([part.label ?? String(part.index + 1), file, String(size), ...columns.valuesOf(part)]));
    });
  }
  await writeFile(joinPath(directory, collectionManifest), rows.join(''), { flush: true });
};

const join = async (request: JoinRequest<Record<string, never>>): Promise<void> => {
  const parts = expectParts('collection', request);
  const unfinished = `${request.destination}.unfinished`;
  try {
    await mkdir(unfinished);
    await fill(unfinished, parts, request.signal);
    await rename(unfinished, request.destination);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
};

/** Keeps the results of all parts, side by side. */
export const collection: Merge<Record<string, never>> = {
  name: 'collection',
  description:
    `Keeps the results of all parts, as files of one directory, with a table ${collectionManifest} that tells the part, ` +
    'its label and its values for each.',
  parameters: z.strictObject({}),
  makes: 'directory',
  how: { kind: 'here', join },
};
