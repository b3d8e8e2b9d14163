import { recordFormatNamed } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import { beginsWith, framesOf } from '../header/join-frames.ts';
import { Joiner } from '../header/joiner.ts';
import type { PartFrame } from '../header/part-frame.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { isBcf, joinBcf } from './bcf.ts';
import { readEnding } from './ending.ts';
import { ContigOrder, type Continuation, continueAfter, type Ending } from './seam.ts';
import { VcfHeaderUnion } from './vcf-headers.ts';

const parametersSchema = z.strictObject({ duplicates: z.enum(['remove', 'keep']).default('keep') });

/** What the merge `vcf` takes. */
export type VcfParameters = z.infer<typeof parametersSchema>;

/** Goes through the parts, and tells how each goes on after those before it. */
interface Seams {
  next(frame: PartFrame): Promise<Continuation>;
}

/** Parts of one input, in its order: what they hold is as it would be without a split, whatever the order. */
const keepingSeams: Seams = { next: ({ from }) => Promise.resolve({ kept: [], from }) };

/** Parts that overlap: what one repeats is left out. */
class OverlappingSeams implements Seams {
  readonly #order: ContigOrder;
  readonly #signal: AbortSignal | undefined;
  #ending: Ending | undefined;

  constructor(contigs: ReadonlyMap<string, number>, signal: AbortSignal | undefined) {
    this.#order = new ContigOrder(contigs);
    this.#signal = signal;
  }

  async next(frame: PartFrame): Promise<Continuation> {
    const after = this.#ending;
    const continuation =
      after === undefined
        ? { kept: [], from: frame.from }
        : await continueAfter(after, frame, this.#order, this.#signal);
    const ending = await readEnding(frame.part, this.#signal);
    // A part within the end of the one before it does not end the line.
    if (ending !== undefined && (after === undefined || isBehind(ending, after))) this.#ending = ending;
    return continuation;
  }
}

const isBehind = (ending: Ending, before: Ending): boolean => {
  const [last, earlier] = [ending.last.at(-1), before.last.at(-1)];
  return last?.contig !== earlier?.contig || (last?.position ?? 0) >= (earlier?.position ?? 0);
};

const joinText = async (
  request: JoinRequest<VcfParameters>,
  parts: readonly NumberedPart[],
): Promise<void> => {
  const { signal } = request;
  const union = new VcfHeaderUnion();
  const frames = await framesOf(parts, recordFormatNamed('vcf'), union, signal);
  const [first] = frames;
  if (first === undefined) return;
  await writeResult(request, async (result) => {
    const joiner = new Joiner(result, first.compression, { lineEnd: Buffer.from('\n'), signal });
    const removes = request.parameters.duplicates === 'remove';
    const seams = removes ? new OverlappingSeams(union.contigs, signal) : keepingSeams;
    const isBeginning = beginsWith(first, union.header);
    if (!isBeginning) await joiner.bytes(union.header);
    for (const frame of frames) {
      await withPart(frame.part, async () => {
        const { kept, from } = await seams.next(frame);
        for (const line of kept) await joiner.bytes(line);
        const start = frame === first && isBeginning ? 0 : from;
        await joiner.stretch({ path: frame.part.path, from: start, to: undefined });
      });
    }
    await joiner.end();
  });
};

/** Joins the variants of all parts. */
export const joinVariants = async (request: JoinRequest<VcfParameters>): Promise<void> => {
  const parts = expectParts('vcf', request);
  if (await withPart(parts[0], () => isBcf(parts[0].path, request.signal)))
    await joinBcf(request, parts, request.parameters.duplicates);
  else await joinText(request, parts);
};

/** Joins files of variants. */
export const vcf: Merge<VcfParameters> = {
  name: 'vcf',
  description:
    'Joins VCF: one header that unites those of the parts, then the variants of all parts, in their order. With ' +
    'duplicates=remove, for parts that overlap, parts must follow one another by coordinate, and lines that a part ' +
    'repeats from the end of the one before it are left out. Blocks of .vcf.gz are copied as they are. BCF is joined ' +
    'by bcftools.',
  parameters: parametersSchema,
  datatypes: ['vcf', 'gvcf', 'bcf', 'vcf_bgzip'],
  how: { kind: 'here', join: joinVariants },
};
