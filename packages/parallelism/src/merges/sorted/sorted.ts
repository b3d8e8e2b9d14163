import { encode, recordFormatNamed, type WrittenCompression } from '@galaxy-mesos/formats';
import { expectParts } from '../files/expect-parts.ts';
import type { NumberedPart } from '../files/name-part.ts';
import { writeResult, writeScratch } from '../files/result-file.ts';
import { FirstHeader } from '../header/first-header.ts';
import { framesOf, type HeaderUnion } from '../header/join-frames.ts';
import type { PartFrame } from '../header/part-frame.ts';
import { kWay } from '../k-way/k-way.ts';
import { mergeInRounds } from '../k-way/rounds.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { SamHeaderUnion } from '../sam/sam-header-union.ts';
import { withSortOrder } from '../sam/sort-order.ts';
import { VcfHeaderUnion } from '../vcf/vcf-headers.ts';
import { compareValues, LineCursor, type LineOrder } from './line-cursor.ts';
import { keysOf, type SortedParameters, sortedParametersSchema } from './parameters.ts';

/** Some systems let a process open 256 files; 200 chunks take 50 MB. */
const plainFilesAtATime = 200;

/** A compressed file takes more than 1 MiB while it is read. */
const compressedFilesAtATime = 32;

/** Joins headers, and may tell the order of sequences. */
type OrderedUnion = HeaderUnion & { readonly contigs?: ReadonlyMap<string, number> };

const unionFor = (format: string): OrderedUnion => {
  if (format === 'sam') return new SamHeaderUnion();
  return format === 'vcf' ? new VcfHeaderUnion() : new FirstHeader('same');
};

const orderOf = (parameters: SortedParameters, union: OrderedUnion): LineOrder => {
  const named = parameters.contigs;
  const { format } = parameters;
  return {
    keys: keysOf(parameters),
    separator: parameters.separator.charCodeAt(0),
    contigs: named === undefined ? union.contigs : new Map(named.map((name, index) => [name, index])),
    hasComments: format !== 'text' && format !== 'tabular' && format !== 'tsv' && format !== 'sam',
  };
};

/** What the records of the parts are merged by, and what stands before them. */
interface Sorting {
  readonly order: LineOrder;
  readonly header: Uint8Array;
  readonly frames: readonly PartFrame[];
}

const mergeSorted = (
  { destination, signal }: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  { order, header, frames }: Sorting,
): Promise<void> => {
  // Files of earlier rounds have no header, and are not known here.
  const starts = new Map(frames.map(({ part, from }) => [part.path, from]));
  const recordsOf = (parts: readonly NumberedPart[]): AsyncGenerator<Uint8Array> =>
    kWay(
      parts.map((part) => new LineCursor(part, order, { start: starts.get(part.path) ?? 0, signal })),
      (one, other) => compareValues(order.keys, one.values, other.values),
    );
  const compression = frames[0]?.compression ?? 'none';
  const written = compression as WrittenCompression;
  return mergeInRounds(
    frames.map(({ part }) => part),
    {
      width: compression === 'none' ? plainFilesAtATime : compressedFilesAtATime,
      prefix: destination,
      group: (parts, path) =>
        writeScratch({ destination: path, signal }, (result) => result.writeAll(recordsOf(parts))),
      last: (parts) =>
        writeResult({ destination, signal }, (result) =>
          result.writeAll(encode(behind(header, recordsOf(parts)), written)),
        ),
    },
  );
};

const newline = 0x0a;

async function* behind(header: Uint8Array, records: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (header.length > 0) yield header;
  let isOpen = header.length > 0 && header.at(-1) !== newline;
  for await (const chunk of records) {
    if (isOpen) yield Buffer.from('\n');
    isOpen = false;
    yield chunk;
  }
}

/** Reads that are merged by coordinate are so from then on, whatever their header said. */
const headerOf = ({ format, keys }: SortedParameters, { header }: HeaderUnion): Uint8Array => {
  if (format !== 'sam' || keys !== undefined || header.length === 0) return header;
  const text = Buffer.from(header).toString('latin1');
  if (/^@HD\t[^\n]*\bSO:coordinate\b/.test(text)) return header;
  return Buffer.from(withSortOrder(text, 'coordinate'), 'latin1');
};

/** Merges parts that are sorted each; `parts` is at least one. */
export const joinSorted = async (
  request: JoinRequest<SortedParameters>,
  parts: readonly NumberedPart[],
): Promise<void> => {
  const { parameters, signal } = request;
  const union = unionFor(parameters.format);
  const frames = await framesOf(parts, recordFormatNamed(parameters.format), union, signal);
  await mergeSorted(request, {
    order: orderOf(parameters, union),
    header: headerOf(parameters, union),
    frames,
  });
};

/** Merges sorted results into one sorted result. */
export const sorted: Merge<SortedParameters> = {
  name: 'sorted',
  description:
    'Merges results that are sorted by the same keys, or by coordinate, into one that is sorted; equal lines stay in ' +
    'the order of the parts. A part that is not sorted is refused.',
  parameters: sortedParametersSchema,
  how: { kind: 'here', join: (request) => joinSorted(request, expectParts('sorted', request)) },
};
