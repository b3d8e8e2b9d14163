import { Pace } from '../minutes/pace.ts';
import { PlanError } from '../plan-error.ts';
import type { PlanContext } from '../strategy.ts';
import { maximumParts } from '../strategy.ts';
import { EqualCutter } from './equal-cutter.ts';
import { LimitCutter } from './limit-cutter.ts';
import type { RecordsAmount } from './parameters.ts';
import type { RecordFile } from './record-file.ts';
import type { Cutter, Run } from './run.ts';

const cutterFor = ({ size, parts, bytes, group = 1 }: RecordsAmount, file: RecordFile): Cutter => {
  if (size !== undefined) return new LimitCutter({ units: size / group }, group);
  if (bytes !== undefined) return new LimitCutter({ bytes }, group);
  return new EqualCutter({
    // One more than there may be is enough to find out that there are too many.
    parts: Math.min(parts ?? 1, maximumParts + 1),
    // How much content a compressed file has is known only at its end.
    size: file.compression === 'none' ? file.size : Number.POSITIVE_INFINITY,
    unitSize: group,
  });
};

/** Gathers the records of a file in groups, and cuts it between these. */
class Grouped {
  readonly #file: RecordFile;
  readonly #cutter: Cutter;
  readonly #group: number;
  records = 0;

  constructor(file: RecordFile, cutter: Cutter, group: number) {
    this.#file = file;
    this.#cutter = cutter;
    this.#group = group;
  }

  /** The runs that are sure now that these records were found, too. */
  add(starts: readonly number[]): Iterable<Run> {
    const [start] = starts;
    if (start === undefined) return [];
    const inGroup = this.records % this.#group;
    const first = inGroup === 0 ? 0 : this.#group - inGroup;
    const offset = this.records === 0 ? this.#file.bodyStart(start) : undefined;
    this.records += starts.length;
    return this.#cutter.add(starts, first, this.#group, offset);
  }

  end(): readonly Run[] {
    if (this.records % this.#group !== 0) throw tornGroup(this.#file, this.records, this.#group);
    return this.#cutter.end(this.#file.bodyEnd);
  }
}

/** A run, and whether it ends with the last record of the file. */
export interface NextRun {
  readonly run: Run;
  readonly isLast: boolean;
}

/** Cuts by a pace, which the first runs tell when they have been worked on. */
class PacedCutter extends LimitCutter {
  readonly #pace: Pace;

  constructor(pace: Pace, unitSize: number) {
    super({ bytes: pace.amount }, unitSize);
    this.#pace = pace;
  }

  async learn(index: number, { length }: Run): Promise<void> {
    await this.#pace.learn(index, length);
    this.mostBytes = this.#pace.amount;
  }
}

/** Yields the runs of a file in order, each as soon as it is sure; none if it has no records. */
export async function* runsOf(
  file: RecordFile,
  parameters: RecordsAmount,
  context: PlanContext,
): AsyncGenerator<NextRun> {
  const { group = 1, minutes } = parameters;
  const paced = minutes && new PacedCutter(new Pace('records', minutes, file.size, context), group);
  const grouped = new Grouped(file, paced || cutterFor(parameters, file), group);
  let count = 0;
  for await (const starts of file.starts) {
    for (const run of grouped.add(starts)) {
      count += 1;
      // Past the limit nothing is yielded any more, but counting goes on: the message tells the number.
      if (count > maximumParts) continue;
      yield { run, isLast: false };
      if (paced) await paced.learn(count - 1, run);
    }
  }
  const others = grouped.end();
  count += others.length;
  if (count > maximumParts) throw tooMany(file, parameters, count, grouped.records);
  for (const run of others) yield { run, isLast: run === others.at(-1) };
}

const tornGroup = ({ path }: RecordFile, records: number, group: number): PlanError =>
  new PlanError(
    'RECORDS_DISAGREE',
    `${path}: expected groups of ${group} records, found ${records} records: the last group is not whole`,
  );

const tooMany = (file: RecordFile, parameters: RecordsAmount, runs: number, records: number): PlanError => {
  const { size, parts, bytes, minutes } = parameters;
  const most = `expected at most ${maximumParts}`;
  const enough = Math.ceil(records / maximumParts);
  const text =
    size !== undefined
      ? `size ${size} would make ${runs} parts of its ${records} records, ${most}: choose a size of ${enough} or more`
      : bytes !== undefined
        ? `bytes ${bytes} would make ${runs} parts of its ${records} records, ${most}: choose more bytes`
        : minutes !== undefined
          ? `minutes ${minutes} would make ${runs} parts of its ${records} records, ${most}: choose more minutes`
          : `${parts} parts were asked for, ${most}: choose a smaller number of parts`;
  return new PlanError('TOO_MANY_PARTS', `${file.path}: ${text}`);
};
