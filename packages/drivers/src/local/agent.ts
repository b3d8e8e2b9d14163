import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptId, Launch } from '@galaxy-mesos/scheduler';
import { DriverError, messageOf } from '../errors.ts';
import { faultOfLaunch } from '../launch-fault.ts';
import { type Held, heldBy } from './held.ts';
import { findExcess, type MemoryExcess } from './memory.ts';
import { giveWay } from './niceness.ts';
import { type LocalSettings, readPageSize } from './options.ts';
import {
  endedWithGroup,
  latestState,
  notStarted,
  type Outcome,
  outcomeOfShell,
  usedTooMuchMemory,
} from './outcome.ts';
import { hasProcFileSystem, isGroupAlive, isProcessAlive, readBootId, signalGroup } from './processes.ts';
import { type FoundAttempt, findRunning, hasFinished, readLife, recall } from './recovery.ts';
import { RunningAttempt } from './running-attempt.ts';

import { faultOfAttemptId, startInSandbox } from './sandbox.ts';
import { Poll } from './timers.ts';
import { LocalUsers, type UserFinding } from './users.ts';
import { readVerdict, type Verdict } from './verdict.ts';

/** What an agent tells of an attempt. `at` is milliseconds since 1970, now if absent. */
export interface AgentReport extends Outcome {
  readonly sandbox?: string;
  readonly at?: number;
}

/** Whom an agent tells what happens on it. */
export interface AgentListener {
  /** The resources of the attempt are in use, though no offer was accepted for them. */
  occupied(attemptId: AttemptId, held: Held): void;
  /** The resources of the attempt are free. */
  released(attemptId: AttemptId): void;
  reported(attemptId: AttemptId, report: AgentReport): void;
}

const memoryIntervalMilliseconds = 1000;
/** How soon the end of a process is noticed that is no child of ours. */
const endIntervalMilliseconds = 200;
/** How often a record is read again that cannot be read, as when this process has too many files open. */
const longestUnreadableLooks = 50;
/** How long processes may take to vanish after SIGKILL; one that waits for a dead file server takes longer. */
const vanishMilliseconds = 10_000;

const noContainers =
  'containers of Mesos need a Mesos cluster; on this machine docker, podman, singularity or apptainer put a command into an image';

const faultOfId = (attemptId: AttemptId): string | undefined => {
  const fault = faultOfAttemptId(attemptId);
  return fault && `Task '${attemptId}' is invalid: ${fault}`;
};

/** Runs attempts as processes of this machine and watches over them. Knows nothing of offers. */
export class LocalAgent {
  readonly #settings: LocalSettings;
  readonly #listener: AgentListener;
  readonly #attempts = new Map<AttemptId, RunningAttempt>();
  readonly #children = new Map<AttemptId, ChildProcess>();
  readonly #bootId = readBootId();
  readonly #users: LocalUsers;
  readonly #memoryPoll: Poll | undefined;
  readonly #endPoll: Poll;

  constructor(settings: LocalSettings, listener: AgentListener) {
    this.#settings = settings;
    this.#users = new LocalUsers(settings.sandboxRoot);
    this.#listener = listener;
    this.#memoryPoll = hasProcFileSystem ? this.#makeMemoryPoll() : undefined;
    this.#endPoll = new Poll({
      intervalMilliseconds: endIntervalMilliseconds,
      keepsAlive: true,
      look: () => this.#lookForEnds(),
    });
  }

  /** Takes over all that earlier drivers have left running. */
  adoptAll(): void {
    for (const found of findRunning(this.#settings.sandboxRoot)) this.#adopt(found);
    for (const attempt of this.#attempts.values()) {
      // Its end may have been nobody's to see.
      const isMissed = (id: AttemptId) => !this.#attempts.has(id) && !hasFinished(this.#sandboxOf(id));
      if (attempt.siblings.some(isMissed)) this.#endWithGroup(attempt.attemptId);
    }
  }

  /** The attempts that run. */
  get running(): readonly AttemptId[] {
    return [...this.#attempts.keys()];
  }

  /** Why this launch can never be started; `undefined` if it can. */
  faultOf(launch: Launch): string | undefined {
    const { attemptId } = launch;
    const fault = faultOfId(attemptId) ?? faultOfLaunch(launch);
    if (fault !== undefined) return fault;
    if (this.#attempts.has(attemptId)) return `Task has duplicate ID: ${attemptId}`;
    if (launch.container !== undefined) return noContainers;
    const finding = this.#finding(launch);
    return finding?.kind === 'fault'
      ? `Task '${attemptId}' cannot be started: ${finding.message}`
      : undefined;
  }

  /** Starts the attempts of a group; reports of each that it runs, or that it could not be started. */
  start(launches: readonly Launch[]): void {
    const group = launches.map(({ attemptId }) => attemptId);
    for (const launch of launches) this.#start(launch, group);
    if (group.every((id) => this.#attempts.has(id))) return;
    for (const id of group) this.#endWithGroup(id);
  }

  #start(launch: Launch, group: readonly AttemptId[]): void {
    const { attemptId, maximumRunSeconds } = launch;
    const { resources, ports } = heldBy(launch);
    const sandbox = this.#sandboxOf(attemptId);
    const record = {
      bootId: this.#bootId,
      startedAt: Date.now(),
      resources,
      ...(ports.length > 0 && { ports }),
      ...(group.length > 1 && { group }),
      ...(maximumRunSeconds !== undefined && { maximumRunSeconds }),
    };
    try {
      const finding = this.#finding(launch);
      const user = finding?.kind === 'other' ? finding.user : undefined;
      const child = startInSandbox(sandbox, launch, record, this.#settings.environment, user);
      child.once('error', (error) => this.#startFailed(attemptId, error));
      const { pid } = child;
      if (pid === undefined) return;
      if (this.#settings.niceness > 0) giveWay(pid, this.#settings.niceness);
      this.#children.set(attemptId, child);
      const isAlive = () => this.#children.get(attemptId) === child;
      const { graceSeconds } = this.#settings;
      const attempt = new RunningAttempt({ attemptId, sandbox, pid, record, isAlive, graceSeconds });
      child.once('exit', (status, signal) => {
        this.#children.delete(attemptId);
        attempt.shellEnd = { status, signal };
        this.#shellEnded(attempt);
      });
      this.#watch(attempt);
    } catch (error) {
      this.#startFailed(attemptId, error);
    }
  }

  #finding({ runAs }: Launch): UserFinding | undefined {
    return runAs === undefined ? undefined : this.#users.find(runAs);
  }

  /** Reports the state of an attempt, wherever it must be looked up. */
  async report(attemptId: AttemptId): Promise<void> {
    const sandbox = this.#sandboxOf(attemptId);
    const attempt = this.#attempts.get(attemptId);
    if (attempt !== undefined) {
      return this.#listener.reported(attemptId, { ...latestState(attempt.state), sandbox });
    }
    const recalled = await recall(sandbox, this.#bootId);
    if (recalled.kind === 'running') {
      if (!this.#attempts.has(attemptId)) this.#adopt({ attemptId, sandbox, ...recalled });
      return this.report(attemptId);
    }
    const { outcome, endedAt } = recalled;
    this.#listener.reported(attemptId, {
      ...outcome,
      sandbox,
      ...(endedAt !== undefined && { at: endedAt }),
    });
  }

  /** Ends an attempt on behalf of the framework; false if it does not run. */
  kill(attemptId: AttemptId, graceSeconds: number): boolean {
    const attempt = this.#attempts.get(attemptId);
    if (attempt === undefined) return false;
    this.#kill(attempt, { state: 'TASK_KILLED' }, graceSeconds);
    for (const id of attempt.siblings) this.#endWithGroup(id, graceSeconds);
    return true;
  }

  /**
   * Ends all attempts and waits until nothing of them is left.
   * @throws DriverError STILL_RUNNING
   */
  async endAll(graceSeconds: number): Promise<void> {
    const groups = [...this.#attempts.values()].map(({ session }) => session);
    for (const attempt of this.#attempts.values()) attempt.end({ state: 'TASK_KILLED' }, graceSeconds);
    const deadline = performance.now() + graceSeconds * 1000 + vanishMilliseconds;
    while (this.#attempts.size > 0 || groups.some(isGroupAlive)) {
      if (performance.now() > deadline) throw this.#stillRunning();
      await sleep(5);
    }
    this.letGo();
  }

  /** Leaves all attempts to themselves and to a later driver, and nothing that keeps Node alive. */
  letGo(): void {
    this.#memoryPoll?.sleep();
    this.#endPoll.sleep();
    for (const attempt of this.#attempts.values()) attempt.letGo();
    for (const child of this.#children.values()) {
      child.removeAllListeners('exit');
      child.unref();
    }
  }

  #kill(attempt: RunningAttempt, verdict: Verdict, graceSeconds: number): void {
    const { attemptId, sandbox } = attempt;
    const isFirst = attempt.end(verdict, graceSeconds);
    if (isFirst) this.#listener.reported(attemptId, { state: 'TASK_KILLING', sandbox });
  }

  #endWithGroup(attemptId: AttemptId, graceSeconds = this.#settings.graceSeconds): void {
    const attempt = this.#attempts.get(attemptId);
    if (attempt !== undefined) this.#kill(attempt, endedWithGroup, graceSeconds);
  }

  #sandboxOf(attemptId: AttemptId): string {
    return join(this.#settings.sandboxRoot, attemptId);
  }

  #watch(attempt: RunningAttempt): void {
    const { attemptId, sandbox } = attempt;
    this.#attempts.set(attemptId, attempt);
    this.#memoryPoll?.wake();
    this.#listener.reported(attemptId, { state: 'TASK_RUNNING', sandbox });
  }

  #adopt({ attemptId, sandbox, process, record }: FoundAttempt): void {
    const { graceSeconds } = this.#settings;
    const isAlive = () => isProcessAlive(process);
    const parts = { attemptId, sandbox, pid: process.pid, record, isAlive, graceSeconds };
    const attempt = new RunningAttempt(parts);
    const verdict = readVerdict(sandbox);
    if (verdict !== undefined) attempt.resumeEnd(verdict, graceSeconds);
    this.#attempts.set(attemptId, attempt);
    this.#listener.occupied(attemptId, { resources: record.resources, ports: record.ports ?? [] });
    this.#memoryPoll?.wake();
    this.#endPoll.wake();
  }

  #startFailed(attemptId: AttemptId, error: unknown): void {
    const message = `The command could not be started: ${messageOf(error)}`;
    this.#listener.released(attemptId);
    this.#listener.reported(attemptId, { ...notStarted(message), sandbox: this.#sandboxOf(attemptId) });
  }

  // Of attempts that are no children of ours, or whose record could not be read when they ended.
  #lookForEnds(): boolean {
    const others = [...this.#attempts.values()].filter(({ attemptId }) => !this.#children.has(attemptId));
    for (const attempt of others) {
      if (!attempt.isAlive()) this.#shellEnded(attempt);
    }
    return others.some(({ attemptId }) => this.#attempts.has(attemptId));
  }

  #shellEnded(attempt: RunningAttempt): void {
    const life = readLife(attempt.sandbox);
    if (life.kind === 'unreadable' && attempt.countLook() < longestUnreadableLooks) {
      this.#endPoll.wake();
      return;
    }
    // A shell that has recorded the end has ended the rest of its group itself.
    if (life.kind !== 'ended') signalGroup(attempt.session, 'SIGKILL');
    this.#ended(attempt, outcomeOfShell(life, attempt.shellEnd, attempt.verdict));
  }

  #ended(attempt: RunningAttempt, outcome: Outcome): void {
    const { attemptId, sandbox } = attempt;
    attempt.letGo();
    this.#attempts.delete(attemptId);
    this.#listener.released(attemptId);
    this.#listener.reported(attemptId, { ...outcome, sandbox });
    if (outcome.state !== 'TASK_FINISHED') for (const id of attempt.siblings) this.#endWithGroup(id);
  }

  #makeMemoryPoll(): Poll {
    const pageSize = readPageSize();
    const look = (): boolean => {
      for (const { user, usedMiB } of this.#findExcess(pageSize)) {
        user.end(usedTooMuchMemory(usedMiB, user.allowedMiB), 0);
      }
      return this.#attempts.size > 0;
    };
    return new Poll({ intervalMilliseconds: memoryIntervalMilliseconds, keepsAlive: false, look });
  }

  #findExcess(pageSize: number): MemoryExcess<RunningAttempt>[] {
    try {
      return findExcess([...this.#attempts.values()], pageSize);
    } catch {
      // No file can be opened just now; the next look may tell more, and no attempt is ended on a guess.
      return [];
    }
  }

  #stillRunning(): DriverError {
    const ids = [...this.#attempts.keys()].join(', ') || 'children of attempts that ended';
    return new DriverError('STILL_RUNNING', `Processes did not end after SIGKILL: ${ids}`);
  }
}
