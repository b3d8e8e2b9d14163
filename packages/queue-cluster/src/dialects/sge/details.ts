import { oneLine } from '../one-line.ts';

/** What `qstat -j` says of why a job does not run. */
export interface JobDetails {
  /** Why it is in the error state. */
  readonly error?: string;
  /** What stood in its way when it was last tried. */
  readonly scheduling?: string;
}

const field = /^([a-z][a-z_ ]*?)(?: +\d+)?:\s+(.*)$/i;
const continuation = /^\s{12,}(\S.*)$/;

/** Of queues that the job has not asked for; and that reasons are not collected. */
const saysNothing = /^\(Collecting of scheduler|because it is not contained in its hard queue list/;
/** Queue instances are named one by one, which says less than why none of them will do. */
const ofOneQueue = /^queue instance ".*" dropped because/;

/** `11/22/2026 16:41:33 [2001:5639]: error: can't …` without when and by whom. */
const cause = (line: string): string =>
  oneLine(line.replace(/^\d+\/\d+\/\d+ [\d:.]+ \[\d+:\d+\]: /, '').replace(/^error: /, ''));

function reasonAmong(lines: readonly string[]): string | undefined {
  const told = [...new Set(lines)].filter((line) => !saysNothing.test(line));
  const general = told.filter((line) => !ofOneQueue.test(line));
  const reasons = [...general, ...told.filter((line) => ofOneQueue.test(line))];
  return reasons.length === 0 ? undefined : oneLine(reasons.join('; '));
}

/** The lines of one job by the names of its fields; several lines of one field follow one another. */
function fieldsOf(block: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, first] = field.exec(line) ?? [];
    const value = first ?? continuation.exec(line)?.[1];
    if (name !== undefined) {
      lines = fields.get(name) ?? [];
      fields.set(name, lines);
    }
    if (value !== undefined) lines.push(value.trim());
  }
  return fields;
}

function readOne(block: string): readonly [string, JobDetails][] {
  const fields = fieldsOf(block);
  const [id] = fields.get('job_number') ?? [];
  if (id === undefined) return [];
  const [error] = fields.get('error reason') ?? [];
  const scheduling = reasonAmong(fields.get('scheduling info') ?? []);
  return [
    [
      id,
      {
        ...(error !== undefined && { error: cause(error) }),
        ...(scheduling !== undefined && { scheduling }),
      },
    ],
  ];
}

/** Details by the id of their job, from a block of lines for each; what is not understood is left out. */
export function readDetails(blocks: readonly string[]): ReadonlyMap<string, JobDetails> {
  return new Map(blocks.flatMap(readOne));
}
