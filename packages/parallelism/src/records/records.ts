import {
  type ByteSource,
  type FileSource,
  openSource,
  recordFormatNamed,
  scanRecords,
} from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';
import { type RecordsParameters, recordsParametersSchema } from './parameters.ts';
import { type Run, StartIndex } from './start-index.ts';

type Batches = AsyncIterable<readonly number[]>;

const withProgress = (source: FileSource, { onProgress }: PlanContext): ByteSource => ({
  path: source.path,
  lineAt: (offset) => source.lineAt(offset),
  async *[Symbol.asyncIterator]() {
    let scanned = 0;
    for await (const chunk of source) {
      yield chunk;
      scanned += chunk.length;
      onProgress?.(scanned, source.size);
    }
  },
});

/** Yields a run as soon as the next one begins; the last only when the file proves unchanged. */
async function* runsOfSize(batches: Batches, source: FileSource, size: number): AsyncGenerator<Run> {
  let runs = 1;
  let offset = 0;
  let records = 0;
  for await (const starts of batches) {
    for (const start of starts) {
      if (records === size) {
        // Past the limit nothing is yielded any more, but counting goes on: the message tells the number.
        if (runs < maximumParts) yield { offset, length: start - offset, records };
        runs += 1;
        offset = start;
        records = 0;
      }
      records += 1;
    }
  }
  await source.assertUnchanged();
  if (runs > maximumParts) throw tooManyOfSize(source.path, size, (runs - 1) * size + records);
  yield { offset, length: source.size - offset, records };
}

async function* equalRuns(batches: Batches, source: FileSource, parts: number): AsyncGenerator<Run> {
  const index = new StartIndex();
  for await (const starts of batches) for (const start of starts) index.add(start);
  await source.assertUnchanged();
  const possible = Math.min(parts, index.records);
  if (possible > maximumParts) {
    const text = `${source.path}: ${parts} parts were asked for, expected at most ${maximumParts}`;
    throw new PlanError('TOO_MANY_PARTS', `${text}: choose a smaller number of parts`);
  }
  // A file without records still makes one part, because the unsplit job would have run on it too.
  if (possible === 0) yield { offset: 0, length: source.size, records: 0 };
  else yield* index.cut(possible, source.size);
}

const tooManyOfSize = (path: string, size: number, records: number): PlanError => {
  const parts = Math.ceil(records / size);
  const enough = Math.ceil(records / maximumParts);
  const text = `${path}: size ${size} would make ${parts} parts of its ${records} records`;
  return new PlanError(
    'TOO_MANY_PARTS',
    `${text}, expected at most ${maximumParts}: choose a size of ${enough} or more`,
  );
};

async function* plan(
  input: PlanInput,
  parameters: RecordsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  const format = recordFormatNamed(parameters.format);
  await using source = await openSource(input.path, { signal: context.signal });
  const batches = scanRecords(format, withProgress(source, context)).starts;
  const { size, parts } = parameters;
  const runs =
    size === undefined ? equalRuns(batches, source, parts ?? 1) : runsOfSize(batches, source, size);
  let index = 0;
  for await (const { offset, length, records } of runs) {
    yield { index, slices: [{ input: input.name, offset, length }], records };
    index += 1;
  }
}

/** Cuts one input at record boundaries, after one scan that keeps no more than an index of bounded size. */
export const records: Strategy<RecordsParameters> = {
  name: 'records',
  description:
    'Cuts one input between records, by how many records a part has or by how many parts there are. The merged ' +
    'result equals that of the unsplit job if the command treats every record by itself; a heading or a total ' +
    'that it writes is written once for each part.',
  parameters: recordsParametersSchema,
  plan,
};
