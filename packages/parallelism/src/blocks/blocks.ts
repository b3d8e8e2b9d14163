import { stat } from 'node:fs/promises';
import {
  detectCompression,
  type FileSource,
  FormatError,
  openSource,
  type SplitBamAmount,
  splitBam,
} from '@galaxy-mesos/formats';
import { Pace } from '../minutes/pace.ts';
import { PlanError } from '../plan-error.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';
import { type BamFile, cutBySize } from './cut-by-size.ts';
import { PieceKeeper } from './keep-pieces.ts';
import { type BlocksParameters, blocksParametersSchema } from './parameters.ts';

async function* plan(
  inputs: readonly PlanInput[],
  parameters: BlocksParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  const { sidecar, signal, onProgress } = context;
  const [input] = inputs;
  if (!input) throw new Error('planSplit gives a strategy as many inputs as it takes');
  const path = theOneFile(input);
  await expectBlocks(path, signal);
  await using file = await openSource(path, { signal });
  const keeper = new PieceKeeper(sidecar);
  let index = 0;
  for await (const { pieces, records, compressedSize, to, isLast } of cutFile(file, parameters, context)) {
    if (index === maximumParts) throw tooMany(path);
    const slices = [{ input: input.name, pieces: await keeper.keep(pieces) }];
    if (isLast) await file.assertUnchanged();
    signal?.throwIfAborted();
    yield { index, slices, records, cost: compressedSize };
    onProgress?.(to.block, file.size);
    index += 1;
  }
}

async function* cutFile(
  file: FileSource,
  parameters: BlocksParameters,
  context: PlanContext,
): AsyncGenerator<BamFile> {
  const { size, group, verify } = parameters;
  if (size !== undefined) yield* cutBySize(file, size, group);
  else {
    const amount = amountOf(file, parameters, context);
    for await (const part of splitBam(file, { ...amount, group, verify })) yield { ...part, records: 0 };
  }
}

function amountOf(
  { path, size }: FileSource,
  { parts = 1, bytes, minutes }: BlocksParameters,
  context: PlanContext,
): SplitBamAmount {
  if (bytes !== undefined && size / bytes > maximumParts) throw tooMany(path);
  if (bytes !== undefined) return { maximalSize: bytes };
  if (minutes === undefined) return { parts };
  const pace = new Pace('blocks', minutes, size, context);
  return {
    nextSize: async (before) => {
      if (before !== undefined) await pace.learn(before.index, before.compressedSize);
      return pace.amount;
    },
  };
}

async function expectBlocks(path: string, signal: AbortSignal | undefined): Promise<void> {
  const compression = await detectCompression(path, { signal });
  if (compression === 'bgzf') return;
  const isEmpty = (await stat(path)).size === 0;
  const other = isEmpty ? 'an empty file' : 'something else';
  const found = compression === 'none' ? other : `a file in ${compression}`;
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
