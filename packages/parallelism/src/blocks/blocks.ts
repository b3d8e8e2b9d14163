import { detectCompression, type FileSource, FormatError, openSource, splitBam } from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';
import { type BamFile, cutBySize } from './cut-by-size.ts';
import { PieceKeeper } from './keep-pieces.ts';
import { type BlocksParameters, blocksParametersSchema } from './parameters.ts';

async function* plan(
  inputs: readonly PlanInput[],
  parameters: BlocksParameters,
  { sidecar, signal, onProgress }: PlanContext,
): AsyncGenerator<Part> {
  const [input] = inputs;
  if (!input) throw new Error('planSplit gives a strategy as many inputs as it takes');
  const path = theOneFile(input);
  await expectBlocks(path, signal);
  await using file = await openSource(path, { signal });
  const keeper = new PieceKeeper(sidecar);
  let held: Part | undefined;
  for await (const { pieces, records, compressedSize, to } of cutFile(file, parameters)) {
    const index = held === undefined ? 0 : held.index + 1;
    if (index >= maximumParts) throw tooMany(path);
    if (held !== undefined) yield held;
    const slices = [{ input: input.name, pieces: await keeper.keep(pieces) }];
    held = { index, slices, records, cost: compressedSize };
    onProgress?.(to.block, file.size);
  }
  await file.assertUnchanged();
  if (held !== undefined) yield held;
}

async function* cutFile(file: FileSource, parameters: BlocksParameters): AsyncGenerator<BamFile> {
  const { parts = 1, bytes, size, group, verify } = parameters;
  if (bytes !== undefined && file.size / bytes > maximumParts) throw tooMany(file.path);
  if (size !== undefined) yield* cutBySize(file, size, group);
  else {
    const amount = bytes === undefined ? { parts } : { maximalSize: bytes };
    for await (const part of splitBam(file, { ...amount, group, verify })) yield { ...part, records: 0 };
  }
}

async function expectBlocks(path: string, signal: AbortSignal | undefined): Promise<void> {
  const compression = await detectCompression(path, { signal });
  if (compression === 'bgzf') return;
  const found = compression === 'none' ? 'something else' : `a file in ${compression}`;
  throw new FormatError('MALFORMED', `expected a BAM file, found ${found}`, { path });
}

function theOneFile({ name, paths }: PlanInput): string {
  if (paths.length === 1) return paths[0];
  const text = `expected one file in the input ${name}, found ${paths.length}`;
  throw new PlanError(
    'INVALID_PARAMETERS',
    `strategy blocks: ${text}; take scatter to go through the files of a collection`,
  );
}

const tooMany = (path: string): PlanError =>
  new PlanError(
    'TOO_MANY_PARTS',
    `strategy blocks: ${path} makes more than ${maximumParts} parts: choose a larger size`,
  );

/** Cuts BAM in any order by its compressed blocks. */
export const blocks: Strategy<BlocksParameters> = {
  name: 'blocks',
  description:
    'Cuts a BAM file in any order by its compressed blocks, which are copied as they are: each part is a BAM file with the ' +
    'header. The merged result equals that of the unsplit job if the command treats every read by itself; with group, ' +
    'reads of one name that follow each other count as one. Neighbours by position are torn apart: depth and calls need ' +
    'the strategy regions.',
  parameters: blocksParametersSchema,
  inputs: { least: 1, most: 1 },
  plan,
};
