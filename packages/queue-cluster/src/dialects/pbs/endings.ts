import type { BatchJobState, QueueCommand } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** What is known of a job that has ended. */
export interface PbsEnd {
  readonly exitStatus?: number | undefined;
  readonly substate?: number | undefined;
  readonly comment?: string | undefined;
  readonly node?: string | undefined;
}

type Ended = Extract<BatchJobState, { kind: 'ended' }>;
/** What a number means. */
export type Meaning = Pick<Ended, 'how'> & { readonly reason?: string; readonly advice?: string };

/** How the server itself ended a job, or failed to start it: what a negative status of PBS means. */
const endsByPbs = new Map<number, Meaning>([
  [-4, { how: 'node-failed', reason: 'the node was started anew' }],
  [-5, { how: 'node-failed', reason: 'the node was started anew' }],
  [-6, { how: 'node-failed', reason: 'the node was started anew' }],
  [-11, { how: 'node-failed', reason: 'the job was to be run again' }],
  [-20, { how: 'node-failed', reason: 'the node was lost' }],
  [-26, { how: 'out-of-memory' }],
  [-27, { how: 'out-of-memory' }],
  [-28, { how: 'walltime', reason: 'it used more time of the processors than it may' }],
  [-29, { how: 'walltime' }],
]);

/** What the comment of a job says about its end, which counts more than numbers: a job that is told to end gets 271. */
const endsByComment: readonly (readonly [RegExp, Ended['how']])[] = [
  [/exceeded resource (?:walltime|cput)/i, 'walltime'],
  [/exceeded resource v?mem/i, 'out-of-memory'],
  [/preempt/i, 'preempted'],
  [/node (?:is )?(?:down|failed|lost)|lost contact/i, 'node-failed'],
  [/terminated by/i, 'cancelled'],
];

/** Of a job that was told to end by `qdel`. */
const terminated = 91;
/** Statuses from here on are signals: 271 is TERM, 15. */
const firstSignal = 256;
const termSignal = 15;
const highestExitCode = 255;

/** How a job of PBS came to its end. */
export const endOfPbs = (end: PbsEnd): Ended => endOf(end, endsByPbs);

/** What PBS and Torque tell alike, but for negative statuses. */
export function endOf(
  { exitStatus, substate, comment, node }: PbsEnd,
  byServer: ReadonlyMap<number, Meaning>,
): Ended {
  const meaning = meaningOf({ exitStatus, substate, comment }, byServer);
  const reason = meaning.reason ?? (comment === undefined ? undefined : oneLine(comment));
  const isCode = exitStatus !== undefined && exitStatus >= 0 && exitStatus <= highestExitCode;
  return {
    kind: 'ended',
    ...meaning,
    ...(reason === undefined ? {} : { reason }),
    ...(isCode ? { exitCode: exitStatus } : {}),
    ...(node === undefined ? {} : { node }),
  };
}

function meaningOf(
  { exitStatus, substate, comment = '' }: PbsEnd,
  byServer: ReadonlyMap<number, Meaning>,
): Meaning {
  const told = endsByComment.find(([says]) => says.test(comment));
  if (told) return { how: told[1] };
  if (exitStatus === undefined) return { how: 'cancelled', reason: 'it ended before it was started' };
  const known = byServer.get(exitStatus);
  if (known) return known;
  if (exitStatus === 0) return { how: 'completed' };
  if (substate === terminated || exitStatus === firstSignal + termSignal) return { how: 'cancelled' };
  if (exitStatus < 0)
    return { how: 'failed', reason: `PBS could not run it (${exitStatus})`, advice: notRun };
  if (exitStatus >= firstSignal)
    return { how: 'failed', reason: `it was ended by signal ${exitStatus - firstSignal}` };
  return { how: 'failed' };
}

const notRun = 'the log of the node tells why; another node may do';

/** The server remembers jobs that have ended if it was told to (`job_history_enable`). */
export const endingsOfPbs = (ids: readonly string[]): QueueCommand => ({
  program: 'qstat',
  arguments: ['-x', '-f', '-F', 'json', ...ids],
});
