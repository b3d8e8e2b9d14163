import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { compressionOf, openDecoded, openSource } from '@galaxy-mesos/formats';
import { PlanError } from '../../plan-error.ts';
import { expectMarker } from '../files/bgzf-body.ts';
import { joinByProgram } from '../files/join-by-program.ts';
import { type NumberedPart, nameOfPart, withPart } from '../files/name-part.ts';
import type { JoinRequest } from '../merge.ts';
import { ContigOrder } from './seam.ts';

/** Whether a file is BCF, compressed or not. */
export const isBcf = async (path: string, signal: AbortSignal | undefined): Promise<boolean> => {
  await using source = await openDecoded(path, { signal });
  for await (const chunk of source) return Buffer.from(chunk.subarray(0, 3)).toString('latin1') === 'BCF';
  return false;
};

/** So many bytes tell how a file is compressed. */
const telling = 0x10000 + 12;

/** Of what was cut off between two blocks, bcftools says nothing. */
const expectWhole = async (part: NumberedPart, signal: AbortSignal | undefined): Promise<void> => {
  await using file = await openSource(part.path, { signal });
  if (compressionOf(await file.readAt(0, telling)) === 'bgzf') await expectMarker(part.path, signal);
};

interface Place {
  readonly contig: string;
  readonly position: number;
}

const placeOf = (line: string): Place => {
  const [contig = '', position = ''] = line.split('\t');
  return { contig, position: Number(position) };
};

/** The first and the last place of a file of variants; `undefined` if there is none. */
const endsOf = async (
  { path }: NumberedPart,
  signal: AbortSignal | undefined,
): Promise<readonly [Place, Place] | undefined> => {
  const query = spawn('bcftools', ['query', '-f', '%CHROM\\t%POS\\n', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(signal === undefined ? {} : { signal }),
  });
  // Where it cannot be started, or fails, the joining after it says so with its words.
  query.on('error', () => undefined);
  let first: string | undefined;
  let last = '';
  for await (const line of createInterface({ input: query.stdout })) {
    first ??= line;
    last = line;
  }
  signal?.throwIfAborted();
  return first === undefined ? undefined : [placeOf(first), placeOf(last)];
};

/**
 * Refuses parts of which one begins before the end of the one before it: what it repeats cannot be told from what it
 * does not without writing numbers anew, with which BCF is more exact than text.
 */
const expectApart = async (
  parts: readonly NumberedPart[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  const order = new ContigOrder(new Map());
  let before: { readonly part: NumberedPart; readonly place: Place } | undefined;
  for (const part of parts) {
    const ends = await endsOf(part, signal);
    if (ends === undefined) continue;
    const [first, last] = ends;
    if (before !== undefined && !isBehind(before.place, first, order)) {
      const text =
        `merge vcf: ${nameOfPart(part)} (${part.path}) begins at ${first.contig}:${first.position}, where ` +
        `${nameOfPart(before.part)} has reached ${before.place.contig}:${before.place.position}; of BCF nothing can be ` +
        'left out: write .vcf.gz, or keep what is repeated with duplicates=keep';
      throw new PlanError('NO_MERGE', text);
    }
    before = { part, place: last };
  }
};

const isBehind = (before: Place, first: Place, order: ContigOrder): boolean =>
  before.contig === first.contig
    ? first.position > before.position
    : order.mayFollow(before.contig, first.contig);

const joinWith =
  (request: Pick<JoinRequest<unknown>, 'destination' | 'signal'>, parts: readonly NumberedPart[]) =>
  (...options: readonly string[]): Promise<void> =>
    joinByProgram(request, parts, {
      merge: 'vcf',
      program: 'bcftools',
      what: 'BCF',
      arguments: (list, result) => [
        'concat',
        '--no-version',
        ...options,
        '-O',
        'b',
        '-o',
        result,
        '-f',
        list,
      ],
    });

/**
 * Joins BCF by bcftools, which must be there: block by block where the headers agree, whatever the order of the variants;
 * else it unites them, and wants every sequence to stand at one place.
 */
export const joinBcf = async (
  request: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  parts: readonly NumberedPart[],
  duplicates: 'keep' | 'remove',
): Promise<void> => {
  for (const part of parts) await withPart(part, () => expectWhole(part, request.signal));
  if (duplicates === 'remove') await expectApart(parts, request.signal);
  const join = joinWith(request, parts);
  // What keeps the first from being done, the second does, or says what is wrong.
  await join('--naive').catch(() => join());
};
