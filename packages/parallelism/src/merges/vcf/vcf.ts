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

const parametersSchema = z.strictObject({ duplicates: z.enum(['remove', 'keep']).default('remove') });

/** What the merge `vcf` takes. */
export type VcfParameters = z.infer<typeof parametersSchema>;

/** Goes through the parts, and tells how each goes on after those before it. */
class Seams {
  readonly #order: ContigOrder;
  readonly #removes: boolean;
  readonly #signal: AbortSignal | undefined;
  #ending: Ending | undefined;

  constructor(contigs: ReadonlyMap<string, number>, { parameters, signal }: JoinRequest<VcfParameters>) {
    this.#order = new ContigOrder(contigs);
    this.#removes = parameters.duplicates === 'remove';
    this.#signal = signal;
  }

  async next(frame: PartFrame): Promise<Continuation> {
    const after = this.#ending;
    const continuation =
      after === undefined
        ? { kept: [], from: frame.from }
        : await continueAfter(after, frame, { order: this.#order, known: this.#known(after) }, this.#signal);
    const ending = await readEnding(frame.part, this.#signal);
    // A part within the end of the one before it does not end the line.
    if (ending !== undefined && (after === undefined || isBehind(ending, after))) this.#ending = ending;
    return continuation;
  }

  #known({ last }: Ending): ReadonlySet<string> {
    return new Set(this.#removes ? last.map(({ key }) => key) : []);
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
    const seams = new Seams(union.contigs, request);
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

const join = async (request: JoinRequest<VcfParameters>): Promise<void> => {
  const parts = expectParts('vcf', request);
  if (await withPart(parts[0], () => isBcf(parts[0].path, request.signal))) await joinBcf(request, parts);
  else await joinText(request, parts);
};

/** Joins files of variants, whose parts follow one another in the order of coordinates. */
export const vcf: Merge<VcfParameters> = {
  name: 'vcf',
  description:
    'Joins VCF: one header that unites those of the parts, then the variants of all parts, which must follow one ' +
    'another by coordinate; variants that a part repeats from the end of the one before it are left out. Blocks of ' +
    '.vcf.gz are copied as they are. BCF is joined by bcftools.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
