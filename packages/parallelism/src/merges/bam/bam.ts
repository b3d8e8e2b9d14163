import {
  concatBgzf,
  cutFile,
  deflateBlocks,
  encode,
  endOfFileMarker,
  openSource,
} from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, withPart } from '../files/name-part.ts';
import { type ResultFile, writeResult, writeScratch } from '../files/result-file.ts';
import { kWay } from '../k-way/k-way.ts';
import { mergeInRounds } from '../k-way/rounds.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { fieldOf } from '../sam/sam-headers.ts';
import { withSortOrder } from '../sam/sort-order.ts';
import { BamCursor } from './bam-cursor.ts';
import { followInOrder } from './edges.ts';
import { mayFollow, type ReadOrder, readComparison } from './read-order.ts';
import { type BamPart, bamHeaderBytes, type UnitedBam, uniteBam } from './united-header.ts';

const parametersSchema = z.strictObject({ sorted: z.enum(['coordinate', 'name', 'no']).optional() });

/** What the merge `bam` takes. */
export type BamParameters = z.infer<typeof parametersSchema>;

/** A file that is read through takes more than 1 MiB of memory. */
const filesAtATime = 32;

const orderOfHeader = (text: string): ReadOrder | 'no' => {
  const line = /^@HD\t[^\n]*/.exec(text)?.[0] ?? '';
  const order = fieldOf(line, 'SO');
  if (order === 'coordinate') return 'coordinate';
  if (order !== 'queryname') return 'no';
  return fieldOf(line, 'SS')?.startsWith('queryname:lexicographical') ? 'name byte by byte' : 'name';
};

/** The blocks of a part as they are, without those of its header; its last block must be the marker. */
const copyBlocks = async (
  result: ResultFile,
  { part, header }: BamPart,
  { withHeader, signal }: { withHeader: boolean; signal: AbortSignal | undefined },
): Promise<void> => {
  await using file = await openSource(part.path, { signal });
  const [blocks] = await concatBgzf([file]);
  const end = { block: blocks !== undefined && 'length' in blocks ? blocks.length : 0, within: 0 };
  const from = withHeader ? { block: 0, within: 0 } : header.end;
  for (const piece of (await cutFile(file, from, end)).slice(0, -1)) {
    if ('bytes' in piece) await result.write(piece.bytes);
    else await result.copy(part.path, piece);
  }
};

const concatenate = (request: JoinRequest<BamParameters>, united: UnitedBam): Promise<void> =>
  writeResult(request, async (result) => {
    const { signal } = request;
    if (!united.isFirst) for (const block of deflateBlocks(bamHeaderBytes(united))) await result.write(block);
    for (const part of united.parts) {
      const withHeader = united.isFirst && part === united.parts[0];
      await withPart(part.part, () => copyBlocks(result, part, { withHeader, signal }));
    }
    await result.write(endOfFileMarker);
  });

async function* withHeader(
  united: UnitedBam,
  records: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield bamHeaderBytes(united);
  yield* records;
}

/** Reads all records and writes them anew: in order, or one part after the other if `order` is `no`. */
const rewrite = (
  request: JoinRequest<BamParameters>,
  united: UnitedBam,
  order: ReadOrder | 'no',
): Promise<void> => {
  const { destination, signal } = request;
  const known = new Map(united.parts.map((part) => [part.part.path, part]));
  const cursorOf = (part: NumberedPart): BamCursor =>
    new BamCursor(part, {
      referenceCount: (known.get(part.path)?.header ?? united).references.length,
      translation: known.get(part.path)?.translation,
      mayFollow: order === 'no' ? undefined : mayFollow(order),
      hasNames: order !== 'no' && order !== 'coordinate',
      signal,
    });
  const compare = order === 'no' ? undefined : readComparison(order);
  const fill = (parts: readonly NumberedPart[], level?: number) => (result: ResultFile) => {
    const records = kWay(parts.map(cursorOf), (one, other) => compare?.(one.key, other.key) ?? 0);
    return result.writeAll(encode(withHeader(united, records), 'bgzf', { level }));
  };
  return mergeInRounds(
    united.parts.map(({ part }) => part),
    {
      width: filesAtATime,
      prefix: destination,
      group: (parts, path) => writeScratch({ destination: path, signal }, fill(parts, 1)),
      last: (parts) => writeResult({ destination, signal }, fill(parts)),
    },
  );
};

const withOrder = (united: UnitedBam, sorted: BamParameters['sorted']): UnitedBam => {
  if (sorted === undefined || sorted === 'no') return united;
  if (orderOfHeader(united.text).split(' ')[0] === sorted) return united;
  const text = withSortOrder(united.text, sorted === 'name' ? 'queryname' : sorted);
  return { ...united, text, isFirst: false };
};

const orderOf = ({ text }: UnitedBam, sorted: BamParameters['sorted']): ReadOrder | 'no' =>
  sorted === 'no' ? sorted : orderOfHeader(text);

const join = async (request: JoinRequest<BamParameters>): Promise<void> => {
  const { signal, parameters } = request;
  const read = await uniteBam(expectParts('bam', request), signal);
  const united = withOrder(read, parameters.sorted);
  const order = orderOf(united, parameters.sorted);
  const needsOrder = order !== 'no' && !(order === 'coordinate' && (await followInOrder(united, signal)));
  const sameNumbers = united.parts.every(({ translation }) => translation === undefined);
  if (!needsOrder && sameNumbers) await concatenate(request, united);
  else await rewrite(request, united, order);
};

/** Joins BAM files: without decompressing them, wherever that gives the right file. */
export const bam: Merge<BamParameters> = {
  name: 'bam',
  description:
    'Joins BAM under one header that unites those of the parts. Where the header says that reads are sorted, they ' +
    'are merged in that order; blocks are copied as they are where the parts follow each other anyway.',
  parameters: parametersSchema,
  datatypes: ['bam', 'unsorted.bam', 'qname_sorted.bam', 'qname_input_sorted.bam'],
  how: { kind: 'here', join },
};
