import {
  type ByteSource,
  type FileSource,
  noFrame,
  openSource,
  type RecordScan,
  recordFormatNamed,
  scanRecords,
} from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import {
  maximumParts,
  type Part,
  type Piece,
  type PlanContext,
  type PlanInput,
  type Strategy,
} from '../strategy.ts';
import { type RecordsParameters, recordsParametersSchema } from './parameters.ts';
import { type Run, StartIndex } from './start-index.ts';

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

/** A file whose records are looked for. */
interface Scanned {
  readonly scan: RecordScan;
  readonly source: FileSource;
}

/** Where the first part begins: what precedes the first record belongs to it, unless every part gets a header. */
const bodyStart = ({ frame }: RecordScan, firstStart: number): number =>
  frame.header.length > 0 ? firstStart : 0;

const bodyEnd = ({ scan, source }: Scanned): number => scan.bodyEnd ?? source.size;

/** Yields a run as soon as the next one begins; the last only when the file proves unchanged. */
async function* runsOfSize(scanned: Scanned, size: number): AsyncGenerator<Run> {
  const { scan, source } = scanned;
  let runs = 1;
  let offset: number | undefined;
  let records = 0;
  for await (const starts of scan.starts) {
    for (const start of starts) {
      offset ??= bodyStart(scan, start);
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
  yield offset === undefined ? wholeFile(source) : { offset, length: bodyEnd(scanned) - offset, records };
}

async function* equalRuns(scanned: Scanned, parts: number): AsyncGenerator<Run> {
  const { scan, source } = scanned;
  const index = new StartIndex();
  for await (const starts of scan.starts) for (const start of starts) index.add(start);
  await source.assertUnchanged();
  const possible = Math.min(parts, index.records);
  if (possible > maximumParts) {
    const text = `${source.path}: ${parts} parts were asked for, expected at most ${maximumParts}`;
    throw new PlanError('TOO_MANY_PARTS', `${text}: choose a smaller number of parts`);
  }
  if (possible === 0) yield wholeFile(source);
  else yield* index.cut(possible, { offset: bodyStart(scan, index.first), end: bodyEnd(scanned) });
}

/** A file without records still makes one part, because the unsplit job would have run on it too. */
const wholeFile = ({ size }: FileSource): Run => ({ offset: 0, length: size, records: 0 });

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
  [input]: readonly PlanInput[],
  parameters: RecordsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  if (!input) throw new Error('planSplit gives a strategy as many inputs as it takes');
  const format = recordFormatNamed(parameters.format);
  const [path] = input.paths;
  await using source = await openSource(path, { signal: context.signal });
  const scan = scanRecords(format, withProgress(source, context));
  const { size, parts } = parameters;
  const scanned = { scan, source };
  const runs = size === undefined ? equalRuns(scanned, parts ?? 1) : runsOfSize(scanned, size);
  let index = 0;
  for await (const run of runs) {
    const pieces = await framed(run, path, scan, context);
    yield { index, slices: [{ input: input.name, pieces }], records: run.records, cost: run.length };
    index += 1;
  }
}

/** A run of records between the header and the footer that every part has. */
async function framed(run: Run, path: string, scan: RecordScan, { sidecar }: PlanContext): Promise<Piece[]> {
  const body: Piece = { kind: 'range', path, offset: run.offset, length: run.length };
  const { header, footer } = run.records > 0 ? scan.frame : noFrame;
  const around = async (bytes: Uint8Array): Promise<Piece[]> =>
    bytes.length === 0 ? [] : [{ kind: 'range', ...(await sidecar.keep(bytes)) }];
  return [...(await around(header)), body, ...(await around(footer))];
}

/** Cuts one input at record boundaries, after one scan that keeps no more than an index of bounded size. */
export const records: Strategy<RecordsParameters> = {
  name: 'records',
  description:
    'Cuts one input between records, by how many records a part has or by how many parts there are. The merged ' +
    'result equals that of the unsplit job if the command treats every record by itself; a heading or a total ' +
    'that it writes is written once for each part.',
  parameters: recordsParametersSchema,
  inputs: { least: 1, most: 1 },
  plan,
};
