import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptId, Launch } from '@galaxy-mesos/scheduler';
import { DriverError } from '../errors.ts';
import { faultOfLaunch } from '../launch-fault.ts';
import { type Held, heldBy } from './held.ts';
import { memoryWatch } from './memory-watch.ts';
import type { LocalSettings } from './options.ts';
import { endedWithGroup, latestState, type Outcome, outcomeOfShell } from './outcome.ts';
import { hasProcFileSystem, isGroupAlive, readBootId, signalGroup } from './processes.ts';
import { type FoundAttempt, findRunning, hasFinished, readLife, recall } from './recovery.ts';
import { RunningAttempt } from './running-attempt.ts';
import { faultOfAttemptId } from './sandbox.ts';
import { AttemptStarts } from './starts.ts';
import { bootMilliseconds, Poll } from './timers.ts';
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

/** How soon the end of a process is noticed that is no child of ours. */
const endIntervalMilliseconds = 200;
/** How often a record is read again that cannot be read, as when this process has too many files open. */
const longestUnreadableLooks = 50;
/** How long processes may take to vanish after SIGKILL; one that waits for a dead file server takes longer. */
const vanishMilliseconds = 10_000;

const noContainers =
  'containers of Mesos need a Mesos cluster; on this machine docker, podman, singularity or apptainer put a command into an image';

const killed: Verdict = { state: 'TASK_KILLED' };

const faultOfId = (attemptId: AttemptId): string | undefined => {
  const fault = faultOfAttemptId(attemptId);
  return fault && `Task '${attemptId}' is invalid: ${fault}`;
};

/** Runs attempts as processes of this machine and watches over them. Knows nothing of offers. */
export class LocalAgent {
  readonly #settings: LocalSettings;
  readonly #listener: AgentListener;
  readonly #attempts = new Map<AttemptId, RunningAttempt>();
  readonly #starts: AttemptStarts;
  readonly #bootId = readBootId();
  readonly #users: LocalUsers;
  readonly #memoryWatch: Poll | undefined;
  readonly #endPoll: Poll;
  /** The sessions of all that is being ended, once everything is. */
  #ending: Set<number> | undefined;
  #isLetGo = false;

  constructor(settings: LocalSettings, listener: AgentListener) {
    this.#settings = settings;
    this.#users = new LocalUsers(settings.sandboxRoot);
    this.#listener = listener;
    this.#starts = new AttemptStarts(settings, this.#bootId, {
      running: (found, ends) => {
        const attempt = this.#watch(found);
        this.#listener.reported(found.attemptId, { state: 'TASK_RUNNING', sandbox: found.sandbox });
        for (const { verdict, graceSeconds } of ends) this.#kill(attempt, verdict, graceSeconds);
      },
      over: ({ attemptId, sandbox, record: { group = [] } }, outcome) =>
        this.#over({ attemptId, sandbox, group }, outcome),
      ended: (attemptId, end) => {
        const attempt = this.#attempts.get(attemptId);
        if (attempt === undefined) return;
        attempt.shellEnd = end;
        this.#shellEnded(attempt);
      },
      orphaned: () => this.#endPoll.wake(),
    });
    this.#memoryWatch = hasProcFileSystem ? memoryWatch(() => [...this.#attempts.values()]) : undefined;
    this.#endPoll = new Poll({
      intervalMilliseconds: endIntervalMilliseconds,
      keepsAlive: true,
      look: () => this.#lookForEnds(),
    });
  }

  /** Takes over all that earlier drivers have left running. */
  adoptAll(): void {
    const { graceSeconds, sandboxRoot } = this.#settings;
    for (const found of findRunning(sandboxRoot)) this.#adopt(found);
    for (const attempt of this.#attempts.values()) {
      // Its end may have been nobody's to see.
      const isMissed = (id: AttemptId) => !this.#attempts.has(id) && !hasFinished(this.#sandboxOf(id));
      if (attempt.group.some(isMissed)) this.#end(attempt.attemptId, endedWithGroup, graceSeconds);
    }
  }

  /** Makes ready, so that the first start is as fast as any. */
  prepare(): void {
    this.#starts.prepare();
  }

  /** The attempts that run, or are about to. */
  get running(): readonly AttemptId[] {
    return [...this.#attempts.keys(), ...this.#starts.ids];
  }

  /** Why this launch can never be started; `undefined` if it can. */
  faultOf(launch: Launch): string | undefined {
    const { attemptId } = launch;
    const fault = faultOfId(attemptId) ?? faultOfLaunch(launch);
    if (fault !== undefined) return fault;
    if (this.#attempts.has(attemptId) || this.#starts.whenSettled(attemptId))
      return `Task has duplicate ID: ${attemptId}`;
    if (launch.container !== undefined) return noContainers;
    const finding = this.#finding(launch);
    return finding?.kind === 'fault'
      ? `Task '${attemptId}' cannot be started: ${finding.message}`
      : undefined;
  }

  /** Starts the attempts of a group; reports later of each that it runs, or that it could not be started. */
  start(launches: readonly Launch[]): void {
    const group = launches.map(({ attemptId }) => attemptId);
    for (const launch of launches) {
      const { attemptId, maximumRunSeconds } = launch;
      const { resources, ports } = heldBy(launch);
      const record = {
        bootId: this.#bootId,
        startedAt: bootMilliseconds(),
        resources,
        ...(ports.length > 0 && { ports }),
        ...(group.length > 1 && { group }),
        ...(maximumRunSeconds !== undefined && { maximumRunSeconds }),
      };
      const finding = this.#finding(launch);
      const user = finding?.kind === 'other' ? finding.user : undefined;
      this.#starts.begin({ attemptId, sandbox: this.#sandboxOf(attemptId), record }, launch, user);
    }
  }

  #finding({ runAs }: Launch): UserFinding | undefined {
    return runAs === undefined ? undefined : this.#users.find(runAs);
  }

  /** Reports the state of an attempt, wherever it must be looked up. */
  async report(attemptId: AttemptId): Promise<void> {
    const sandbox = this.#sandboxOf(attemptId);
    await this.#starts.whenSettled(attemptId);
    const attempt = this.#attempts.get(attemptId);
    if (attempt !== undefined) {
      return this.#listener.reported(attemptId, { ...latestState(attempt.state), sandbox });
    }
    // What was being started when it was let go may start yet.
    if (this.#isLetGo) return;
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

  /** Ends an attempt on behalf of the framework, or as soon as it runs; false if it neither runs nor is about to. */
  kill(attemptId: AttemptId, graceSeconds: number): boolean {
    const group = this.#end(attemptId, killed, graceSeconds);
    this.#endGroup(group ?? [], attemptId, graceSeconds);
    return group !== undefined;
  }

  /**
   * Ends all attempts and waits until nothing of them is left.
   * @throws DriverError STILL_RUNNING
   */
  async endAll(graceSeconds: number): Promise<void> {
    const sessions = new Set([...this.#attempts.values()].map(({ session }) => session));
    this.#ending = sessions;
    const end = { verdict: killed, graceSeconds };
    for (const attemptId of this.#starts.ids) this.#starts.endOnceStarted(attemptId, end);
    for (const attempt of this.#attempts.values()) attempt.end(killed, graceSeconds);
    const deadline = performance.now() + graceSeconds * 1000 + vanishMilliseconds;
    while (this.running.length > 0 || [...sessions].some(isGroupAlive)) {
      if (performance.now() > deadline) throw this.#stillRunning();
      await sleep(5);
    }
    this.letGo();
  }

  /** Leaves all attempts to themselves and to a later driver, and nothing that keeps Node alive. */
  letGo(): void {
    this.#isLetGo = true;
    this.#starts.letGo();
    this.#memoryWatch?.sleep();
    this.#endPoll.sleep();
    for (const attempt of this.#attempts.values()) attempt.letGo();
  }

  #kill(attempt: RunningAttempt, verdict: Verdict, graceSeconds: number): void {
    const { attemptId, sandbox } = attempt;
    const isFirst = attempt.end(verdict, graceSeconds);
    if (isFirst) this.#listener.reported(attemptId, { state: 'TASK_KILLING', sandbox });
  }

  /** Answers the group of what is ended, `undefined` if there is nothing to end. */
  #end(attemptId: AttemptId, verdict: Verdict, graceSeconds: number): readonly AttemptId[] | undefined {
    const attempt = this.#attempts.get(attemptId);
    if (attempt === undefined) return this.#starts.endOnceStarted(attemptId, { verdict, graceSeconds });
    this.#kill(attempt, verdict, graceSeconds);
    return attempt.group;
  }

  /** Ends the others of a group. */
  #endGroup(
    group: readonly AttemptId[],
    without: AttemptId,
    graceSeconds = this.#settings.graceSeconds,
  ): void {
    for (const id of group) if (id !== without) this.#end(id, endedWithGroup, graceSeconds);
  }

  #sandboxOf(attemptId: AttemptId): string {
    return join(this.#settings.sandboxRoot, attemptId);
  }

  #watch({ attemptId, sandbox, process, record }: FoundAttempt): RunningAttempt {
    const { graceSeconds } = this.#settings;
    const attempt = new RunningAttempt({ attemptId, sandbox, process, record, graceSeconds });
    this.#attempts.set(attemptId, attempt);
    this.#ending?.add(attempt.session);
    this.#memoryWatch?.wake();
    return attempt;
  }

  #adopt(found: FoundAttempt): void {
    const { attemptId, sandbox, record } = found;
    const attempt = this.#watch(found);
    const verdict = readVerdict(sandbox);
    if (verdict !== undefined) attempt.resumeEnd(verdict, this.#settings.graceSeconds);
    this.#listener.occupied(attemptId, { resources: record.resources, ports: record.ports ?? [] });
    this.#endPoll.wake();
  }

  // Of attempts whose end nobody tells, or whose record could not be read when they ended.
  #lookForEnds(): boolean {
    const others = [...this.#attempts.values()].filter(({ attemptId }) => !this.#starts.isWatched(attemptId));
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
    const { attemptId, sandbox, group } = attempt;
    attempt.letGo();
    this.#attempts.delete(attemptId);
    this.#over({ attemptId, sandbox, group }, outcome);
  }

  #over(attempt: Pick<RunningAttempt, 'attemptId' | 'sandbox' | 'group'>, outcome: Outcome): void {
    const { attemptId, sandbox, group } = attempt;
    this.#listener.released(attemptId);
    this.#listener.reported(attemptId, { ...outcome, sandbox });
    if (outcome.state !== 'TASK_FINISHED') this.#endGroup(group, attemptId);
  }

  #stillRunning(): DriverError {
    const ids = this.running.join(', ') || 'children of attempts that ended';
    return new DriverError('STILL_RUNNING', `Processes did not end after SIGKILL: ${ids}`);
  }
}
