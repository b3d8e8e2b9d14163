import type { BatchJobEnding, BatchJobState } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { meaningOf } from './reasons.ts';

/** What Slurm says of one job, whichever command says it. */
export interface SlurmWords {
  /** Such as `RUNNING`, or `CANCELLED by 1000`. */
  readonly state: string;
  readonly reason?: string;
  readonly node?: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly endsAt?: number;
  readonly exitCode?: number;
}

const waiting = new Set(['PENDING', 'CONFIGURING', 'REQUEUED', 'REQUEUE_FED']);
const held = new Set(['REQUEUE_HOLD', 'SPECIAL_EXIT', 'RESV_DEL_HOLD']);
const running = new Set(['RUNNING', 'COMPLETING', 'RESIZING', 'SIGNALING', 'STAGE_OUT']);
const suspended = new Set(['SUSPENDED', 'STOPPED']);
const endings: ReadonlyMap<string, BatchJobEnding> = new Map([
  ['COMPLETED', 'completed'],
  ['TIMEOUT', 'walltime'],
  ['DEADLINE', 'walltime'],
  ['PREEMPTED', 'preempted'],
  ['CANCELLED', 'cancelled'],
  ['FAILED', 'failed'],
  ['LAUNCH_FAILED', 'failed'],
  ['NODE_FAIL', 'node-failed'],
  ['BOOT_FAIL', 'node-failed'],
  ['RECONFIG_FAIL', 'node-failed'],
  ['OUT_OF_MEMORY', 'out-of-memory'],
  // Another cluster of a federation has the job.
  ['REVOKED', 'unknown'],
]);

/** A job's state in the words that all dialects share. */
export function stateOf(words: SlurmWords): BatchJobState {
  // What follows the first word is who did it, or a sign that it was cut.
  const name = /^[A-Z_]+/.exec(words.state)?.[0] ?? '';
  const told = reasonOf(words.reason);
  if (waiting.has(name)) return waitingState(told);
  if (held.has(name)) return { kind: 'held', ...told };
  const place = words.node === undefined ? {} : { node: words.node };
  if (running.has(name) || suspended.has(name))
    return { kind: 'running', ...place, ...times(words), ...(suspended.has(name) && { isSuspended: true }) };
  const how = endings.get(name);
  if (how === undefined) return { kind: 'unknown', text: oneLine(words.state) };
  return {
    kind: 'ended',
    how,
    ...place,
    ...told,
    ...(words.exitCode !== undefined && { exitCode: words.exitCode }),
  };
}

interface Told {
  readonly reason?: string;
  readonly advice?: string;
}

function reasonOf(reason: string | undefined): Told {
  if (reason === undefined || reason === '' || reason === 'None') return {};
  const advice = meaningOf(reason)?.advice;
  return { reason: oneLine(reason), ...(advice !== undefined && { advice }) };
}

function waitingState(told: Told): BatchJobState {
  const meaning = told.reason === undefined ? undefined : meaningOf(told.reason);
  if (meaning?.isHeld) return { kind: 'held', ...told };
  return { kind: 'waiting', ...told, ...(meaning?.isHopeless && { isHopeless: true }) };
}

const times = ({ startedAt, endsAt }: SlurmWords) => ({
  ...(startedAt !== undefined && { startedAt }),
  ...(endsAt !== undefined && { endsAt }),
});
