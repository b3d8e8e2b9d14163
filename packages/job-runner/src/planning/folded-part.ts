import type { Job } from '@galaxy-mesos/galaxy-jobs';
import {
  cutCommand,
  PlanError,
  type PlannedPart,
  quoteForShell,
  type Sidecar,
  type Slice,
} from '@galaxy-mesos/parallelism';
import { foldedPieces } from './folded-pieces.ts';
import type { HandedPart } from './planned-data.ts';

// Linux takes 128 KiB in one word of a command line, and all that a task cuts and runs is one word of `sh -c`.
const longestCut = 80 * 1024;
const longestCommand = 24 * 1024;

/**
 * A part whose text fits into the command of a task: what is long of it goes into the sidecar, and the task reads it
 * there.
 * @throws PlanError `NOT_QUOTABLE` if it cannot be made to fit
 */
export async function foldedPart(
  { inputs }: Pick<Job, 'inputs'>,
  part: PlannedPart,
  sidecar: Sidecar,
): Promise<HandedPart> {
  const names = new Map(inputs.map(({ name, partName }) => [name, partName]));
  const isLong = lengthOf(part.slices, names) > longestCut;
  const slices = isLong ? await foldedSlices(part.slices, sidecar) : part.slices;
  if (isLong && lengthOf(slices, names) > longestCut) throw tooLong(part);
  const { command, ...rest } = part;
  if (command === undefined || quotedLength(command) <= longestCommand) return { ...part, slices };
  return { ...rest, slices, commandAt: await sidecar.keep(Buffer.from(`${command}\n`)) };
}

const quotedLength = (text: string): number => quoteForShell(text).length;

function lengthOf(slices: readonly Slice[], names: ReadonlyMap<string, string>): number {
  let length = 0;
  for (const { input, pieces, beside = [] } of slices) {
    const name = names.get(input) ?? input;
    length += quotedLength(cutCommand(pieces, name));
    for (const other of beside) length += quotedLength(cutCommand(other.pieces, name + other.suffix));
  }
  return length;
}

async function foldedSlices(slices: readonly Slice[], sidecar: Sidecar): Promise<readonly Slice[]> {
  const folded: Slice[] = [];
  for (const slice of slices) folded.push({ ...slice, pieces: await foldedPieces(slice.pieces, sidecar) });
  return folded;
}

const tooLong = ({ slices }: PlannedPart): PlanError =>
  new PlanError(
    'NOT_QUOTABLE',
    `what a part has of ${slices.length} inputs does not fit into a command; cut fewer inputs, or give them shorter paths`,
  );
