import { lstatSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptId } from '@galaxy-mesos/scheduler';
import { DriverError, messageOf, systemCodeOf } from '../errors.ts';
import { type Outcome, outcomeOf, unknownToAgent, unseenEnd, wasKilled } from './outcome.ts';
import { readOwnFile } from './own-files.ts';
import { isLive, type ProcessStat } from './process-stat.ts';
import { hasProcFileSystem, isProcessAlive, listProcesses, readCommandLine } from './processes.ts';
import {
  type AttemptRecord,
  abandonedMark,
  type ProcessIdentity,
  parseRecord,
  parseRecordFile,
  type RecordedLife,
} from './record.ts';
import { readVerdict } from './verdict.ts';
import { readWrapperArguments, recordFileName } from './wrapper.ts';

/** Whether an attempt that does not run has ended as it should, as far as its sandbox tells. */
export const hasFinished = (sandbox: string): boolean => {
  const life = readLife(sandbox);
  return life.kind === 'ended' && outcomeOf(life.end, readVerdict(sandbox)).state === 'TASK_FINISHED';
};

/** A process that an earlier driver has started and that still runs. */
export interface FoundAttempt {
  readonly attemptId: AttemptId;
  readonly sandbox: string;
  readonly process: ProcessIdentity;
  readonly record: AttemptRecord;
}

/** What is known of an attempt of an earlier driver. Times are milliseconds since 1970. */
export type Recalled =
  | { readonly kind: 'running'; readonly process: ProcessIdentity; readonly record: AttemptRecord }
  | { readonly kind: 'over'; readonly outcome: Outcome; readonly endedAt?: number };

/** What the record file in a sandbox says. */
export const readLife = (sandbox: string): RecordedLife => {
  try {
    return parseRecordFile(readOwnFile(join(sandbox, recordFileName)));
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return { kind: 'none' };
    return { kind: 'unreadable', message: messageOf(error) };
  }
};

/**
 * Makes sure that the command of an attempt without a record will never run: its shell needs the record file
 * to be new. False if the shell was faster.
 */
const abandon = (sandbox: string): boolean => {
  try {
    writeFileSync(join(sandbox, recordFileName), abandonedMark, { flag: 'wx' });
    return true;
  } catch (error) {
    // Any other error, above all that there is no sandbox, keeps the shell from making the file as well.
    return systemCodeOf(error) !== 'EEXIST';
  }
};

const over = (outcome: Outcome, endedAt?: number): Recalled => ({
  kind: 'over',
  outcome,
  ...(endedAt !== undefined && { endedAt }),
});

const ended = (sandbox: string, life: Extract<RecordedLife, { kind: 'ended' }>): Recalled =>
  over(
    outcomeOf(life.end, readVerdict(sandbox)),
    Math.round(lstatSync(join(sandbox, recordFileName)).mtimeMs),
  );

// The shell is gone without a word: the driver killed it and had said so, or nobody knows.
const vanished = (sandbox: string): Recalled => {
  const verdict = readVerdict(sandbox);
  if (verdict === undefined) return over(unseenEnd);
  return over(outcomeOf(wasKilled, verdict));
};

/**
 * A command may write into its own sandbox whatever it likes, also the number of a process that it could not end itself,
 * and that we could.
 */
const isShellOf = (sandbox: string, { pid }: ProcessIdentity): boolean => {
  if (!hasProcFileSystem) return true;
  const wrapper = readWrapperArguments(readCommandLine(pid));
  return wrapper !== undefined && realPath(wrapper.sandbox) === realPath(sandbox) && !isForeign(pid, sandbox);
};

const judge = (sandbox: string, life: RecordedLife, bootId: string): Recalled => {
  if (life.kind === 'ended') return ended(sandbox, life);
  if (life.kind !== 'running') return over(unknownToAgent);
  if (life.record.bootId !== bootId) return vanished(sandbox);
  if (isProcessAlive(life.process) && isShellOf(sandbox, life.process)) return life;
  // It may have ended after its record was read and before it was looked for.
  const latest = readLife(sandbox);
  return latest.kind === 'ended' ? ended(sandbox, latest) : vanished(sandbox);
};

// A shell writes its record within microseconds after it has made the file; a second is for a machine that swaps.
const looks = 100;
const pauseMilliseconds = 10;
const mayChange: ReadonlySet<RecordedLife['kind']> = new Set(['none', 'starting', 'unreadable']);

/**
 * Finds out from its sandbox what became of an attempt that an earlier driver may have started.
 * @throws DriverError SANDBOX_UNREADABLE
 */
export const recall = async (sandbox: string, bootId: string): Promise<Recalled> => {
  for (let look = 0; look < looks; look += 1) {
    const life = readLife(sandbox);
    if (life.kind === 'none' && abandon(sandbox)) return over(unknownToAgent);
    if (!mayChange.has(life.kind)) return judge(sandbox, life, bootId);
    await sleep(pauseMilliseconds);
  }
  const life = readLife(sandbox);
  if (life.kind === 'unreadable') {
    throw new DriverError('SANDBOX_UNREADABLE', `The record of an attempt cannot be read: ${life.message}`);
  }
  if (life.kind === 'starting') return standingStill(sandbox) ?? over(unknownToAgent);
  return judge(sandbox, life, bootId);
};

/** An attempt whose shell has been held up for long, as by SIGSTOP, before it could write its record, and will go on. */
const standingStill = (sandbox: string): Recalled | undefined => {
  if (!hasProcFileSystem) return undefined;
  const found = findByProcesses(dirname(sandbox)).find(({ attemptId }) => attemptId === basename(sandbox));
  return found && { kind: 'running', process: found.process, record: found.record };
};

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    // A directory that was removed while a command runs in it; it is not the root we look for.
    return undefined;
  }
};

/** Anybody can start a process that looks like an attempt, in the name of somebody else's sandbox. */
const isForeign = (pid: number, sandbox: string): boolean => {
  try {
    const { uid } = statSync(`/proc/${pid}`);
    return uid !== 0 && uid !== lstatSync(sandbox).uid;
  } catch {
    // It has ended meanwhile, or its sandbox is gone: who asks for the attempt is told from what is left.
    return true;
  }
};

const attemptOfProcess = ({ pid, startTime }: ProcessStat, root: string): FoundAttempt[] => {
  const wrapper = readWrapperArguments(readCommandLine(pid));
  if (wrapper === undefined || realPath(dirname(wrapper.sandbox)) !== root) return [];
  const record = parseRecord(wrapper.record);
  const { sandbox } = wrapper;
  if (record === undefined || isForeign(pid, sandbox)) return [];
  return [{ attemptId: basename(sandbox), sandbox, process: { pid, startTime }, record }];
};

/** Asks the processes themselves: as fast with a million old sandboxes as with none. */
const findByProcesses = (sandboxRoot: string): FoundAttempt[] => {
  const root = realpathSync(sandboxRoot);
  return listProcesses()
    .filter((stat) => stat.session === stat.pid && isLive(stat))
    .flatMap((stat) => attemptOfProcess(stat, root));
};

/** Looks into every sandbox: for systems on which the arguments of a process cannot be read exactly. */
const findByRecords = (sandboxRoot: string): FoundAttempt[] =>
  readdirSync(sandboxRoot).flatMap((attemptId) => {
    const sandbox = join(sandboxRoot, attemptId);
    const life = readLife(sandbox);
    if (life.kind !== 'running' || !isProcessAlive(life.process)) return [];
    return [{ attemptId, sandbox, process: life.process, record: life.record }];
  });

/** All attempts of earlier drivers with this directory that still run. */
export const findRunning = (sandboxRoot: string): FoundAttempt[] =>
  hasProcFileSystem ? findByProcesses(sandboxRoot) : findByRecords(sandboxRoot);
