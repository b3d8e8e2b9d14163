import { recordFormatNamed } from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import type { Part, Piece, PlanContext, PlanInput, Slice, Strategy } from '../strategy.ts';
import { Follower } from './follower.ts';
import { type RecordsParameters, recordsParametersSchema } from './parameters.ts';
import { Progress, RecordFile } from './record-file.ts';
import type { Run } from './run.ts';
import { runsOf } from './runs.ts';
import { type SliceCutter, sliceCutter } from './slice-cutter.ts';

/** More inputs are hardly ever correlated; each is open as long as the plan is made. */
const mostInputs = 100;

/** One of the inputs, and where it is cut. */
interface CutInput {
  readonly file: RecordFile;
  readonly cutter: SliceCutter;
  /** Of all inputs but the first, which leads. */
  readonly follower: Follower | undefined;
}

async function* plan(
  inputs: readonly PlanInput[],
  parameters: RecordsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  refuseCollections(inputs);
  const cuts: CutInput[] = [];
  try {
    await open(cuts, inputs, parameters, context);
    for await (const part of partsOf(cuts, parameters, context)) {
      context.signal?.throwIfAborted();
      yield part;
    }
  } finally {
    for (const { file, cutter } of cuts) await Promise.all([file.close(), cutter.close()]);
  }
}

/** Adds the inputs one by one, so that those that are open are known if one cannot be opened. */
async function open(
  cuts: CutInput[],
  inputs: readonly PlanInput[],
  parameters: RecordsParameters,
  context: PlanContext,
): Promise<void> {
  const format = recordFormatNamed(parameters.format);
  const progress = new Progress(context);
  for (const input of inputs) {
    const file = await RecordFile.open(input, format, progress, context);
    const follower = cuts.length === 0 ? undefined : new Follower(file);
    const cutter = await sliceCutter(file, context).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    cuts.push({ file, cutter, follower });
  }
}

async function* partsOf(
  cuts: readonly CutInput[],
  parameters: RecordsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  const [leader] = cuts;
  if (!leader) throw new Error('planSplit gives a strategy as many inputs as it takes');
  let index = 0;
  for await (const { run, isLast } of runsOf(leader.file, parameters, context)) {
    const own = await Promise.all(cuts.map(({ follower }) => follower?.follow(run, isLast) ?? run));
    if (own.includes(undefined)) throw await disagreement(cuts);
    const runs = own.filter((each) => each !== undefined);
    const part = await partOf(index, cuts, runs);
    if (isLast) await assertUnchanged(cuts);
    yield part;
    index += 1;
  }
  if (index === 0) yield await wholePart(cuts);
}

/** Files that are compressed are read a second time for their parts. */
const assertUnchanged = async (cuts: readonly CutInput[]): Promise<void> => {
  await Promise.all(cuts.flatMap(({ file, cutter }) => [file.assertUnchanged(), cutter.assertUnchanged()]));
};

async function partOf(index: number, cuts: readonly CutInput[], runs: readonly Run[]): Promise<Part> {
  const slices: Slice[] = [];
  let cost = 0;
  for (const [at, { file, cutter }] of cuts.entries()) {
    const run = runs[at];
    if (run === undefined) throw new Error('every input has a run');
    slices.push({ input: file.input, pieces: await cutter.cut(run, file.scan.frame) });
    cost += run.length;
  }
  return { index, slices, records: runs[0]?.records ?? 0, cost };
}

/** Inputs without records still make one part, because the unsplit job would have run on them too. */
async function wholePart(cuts: readonly CutInput[]): Promise<Part> {
  await Promise.all(cuts.map(({ file }) => file.drain()));
  if (cuts.some(({ file }) => file.seen > 0)) throw await disagreement(cuts);
  await assertUnchanged(cuts);
  const slices = cuts.map(({ file }): Slice => ({ input: file.input, pieces: [wholeFile(file)] }));
  return { index: 0, slices, records: 0, cost: cuts.reduce((sum, { file }) => sum + file.size, 0) };
}

const wholeFile = ({ path, size, compression }: RecordFile): Piece =>
  compression === 'none' ? { kind: 'range', path, offset: 0, length: size } : { kind: 'file', path };

async function disagreement(cuts: readonly CutInput[]): Promise<PlanError> {
  await Promise.all(cuts.map(({ file }) => file.drain()));
  const counts = cuts.map(({ file }) => `${file.path} has ${file.seen} records`).join(', ');
  const text = `inputs that are cut together must have equally many records, but ${counts}; are they of one run?`;
  return new PlanError('RECORDS_DISAGREE', `strategy records: ${text}`);
}

function refuseCollections(inputs: readonly PlanInput[]): void {
  const collection = inputs.find(({ paths }) => paths.length > 1);
  if (collection === undefined) return;
  const text = `expected one file in the input ${collection.name}, found ${collection.paths.length}`;
  throw new PlanError(
    'INVALID_PARAMETERS',
    `strategy records: ${text}; take scatter to go through the files of a collection`,
  );
}

/** Cuts inputs at record boundaries, after one scan that keeps no more than an index of bounded size. */
export const records: Strategy<RecordsParameters> = {
  name: 'records',
  description:
    'Cuts an input between records, or several inputs between the same records, by how many records or bytes a part has, ' +
    'how many minutes it takes, or by how many parts there are. The merged result equals that of the unsplit job if the command treats every record ' +
    'by itself; a heading or a total that it writes is written once for each part.',
  parameters: recordsParametersSchema,
  inputs: { least: 1, most: mostInputs },
  plan,
};
