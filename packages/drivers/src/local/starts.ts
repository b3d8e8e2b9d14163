import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptId, Launch } from '@galaxy-mesos/scheduler';
import { messageOf } from '../errors.ts';
import type { LocalSettings } from './options.ts';
import { lostWithStarter, notStarted, type Outcome, type ShellEnd, unknownToAgent } from './outcome.ts';
import type { AttemptRecord, ProcessIdentity } from './record.ts';
import { type FoundAttempt, type Recalled, recall } from './recovery.ts';
import { makeSandbox, orderOf } from './sandbox.ts';
import { Starter, type StartListener } from './starter-process.ts';
import type { LocalUser } from './users.ts';
import type { Verdict } from './verdict.ts';

/** An attempt that is to be ended as soon as it runs. */
export interface AskedEnd {
  readonly verdict: Verdict;
  readonly graceSeconds: number;
}

/** Whom {@link AttemptStarts} tells what becomes of what it starts. */
export interface StartsListener {
  /** It runs, and is to be ended as was asked meanwhile. */
  running(found: FoundAttempt, ends: readonly AskedEnd[]): void;
  /** It does not run: it was not started, or has ended already. */
  over(attempt: StartingAttempt, outcome: Outcome): void;
  /** An attempt that was `running` has ended. */
  ended(attemptId: AttemptId, end: ShellEnd): void;
  /** Of an attempt that is `running` nothing more is told. */
  orphaned(attemptId: AttemptId): void;
}

/** An attempt on its way from its launch to its process. */
export interface StartingAttempt {
  readonly attemptId: AttemptId;
  readonly sandbox: string;
  readonly record: AttemptRecord;
}

interface Starting extends StartingAttempt {
  readonly ends: AskedEnd[];
  /** Resolves when it runs or never will, or was let go. */
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

/** How soon a record is read again that cannot be read, as when this process has too many files open. */
const unreadablePauseMilliseconds = 1000;

/** Brings attempts from their launch to their process, whatever happens to the starter meanwhile. */
export class AttemptStarts {
  readonly #listener: StartsListener;
  readonly #bootId: string;
  readonly #starter: Starter;
  readonly #starting = new Map<AttemptId, Starting>();
  readonly #children = new Set<AttemptId>();
  #isLetGo = false;

  constructor({ environment, niceness }: LocalSettings, bootId: string, listener: StartsListener) {
    this.#starter = new Starter({ environment, niceness });
    this.#bootId = bootId;
    this.#listener = listener;
  }

  /** Those of which it is not known yet whether they run. */
  get ids(): readonly AttemptId[] {
    return [...this.#starting.keys()];
  }

  /** Whether it is told when the process of this attempt ends. */
  isWatched(attemptId: AttemptId): boolean {
    return this.#children.has(attemptId);
  }

  /** Makes ready, so that the first start is as fast as any. */
  prepare(): void {
    this.#starter.prepare();
  }

  /** The listener is told later, never from within this call. */
  begin(attempt: StartingAttempt, launch: Launch, user: LocalUser | undefined): void {
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    const starting: Starting = { ...attempt, ends: [], settled, settle };
    this.#starting.set(attempt.attemptId, starting);
    makeSandbox(attempt.sandbox, user).then(
      () => this.#starter.start(orderOf(attempt.sandbox, launch, attempt.record, user), this.#hear(starting)),
      (error) => this.#failed(starting, messageOf(error)),
    );
  }

  /** Ends an attempt when it runs. Answers what its group is, `undefined` if it is not being started. */
  endOnceStarted(attemptId: AttemptId, end: AskedEnd): readonly AttemptId[] | undefined {
    const starting = this.#starting.get(attemptId);
    starting?.ends.push(end);
    return starting && (starting.record.group ?? []);
  }

  /** Resolves when it is known whether an attempt runs; `undefined` if it is not being started. */
  whenSettled(attemptId: AttemptId): Promise<void> | undefined {
    return this.#starting.get(attemptId)?.settled;
  }

  /** Nobody is told anything any more. What is being started may run or not: a later driver finds out. */
  letGo(): void {
    this.#isLetGo = true;
    this.#starter.close();
    for (const { settle } of this.#starting.values()) settle();
    this.#starting.clear();
    this.#children.clear();
  }

  #hear(starting: Starting): StartListener {
    const { attemptId } = starting;
    return {
      started: (process) => {
        this.#children.add(attemptId);
        this.#runs(starting, process);
      },
      failed: (message) => this.#failed(starting, message),
      ended: (end) => {
        this.#children.delete(attemptId);
        this.#listener.ended(attemptId, end);
      },
      orphaned: () => {
        if (this.#children.delete(attemptId)) this.#listener.orphaned(attemptId);
        else void this.#find(starting);
      },
    };
  }

  #runs(starting: Starting, process: ProcessIdentity): void {
    const { attemptId, sandbox, record, ends } = starting;
    this.#settle(starting);
    this.#listener.running({ attemptId, sandbox, record, process }, ends);
  }

  #failed(starting: Starting, message: string): void {
    this.#over(starting, notStarted(`The command could not be started: ${message}`));
  }

  #over(starting: Starting, outcome: Outcome): void {
    if (this.#isLetGo) return;
    this.#settle(starting);
    this.#listener.over(starting, outcome);
  }

  #settle(starting: Starting): void {
    this.#starting.delete(starting.attemptId);
    starting.settle();
  }

  /** The starter has taken what it knew with it: the sandbox tells, or makes sure that nothing starts in it. */
  async #find(starting: Starting): Promise<void> {
    const recalled = await this.#recall(starting.sandbox);
    if (recalled === undefined || this.#isLetGo) return;
    if (recalled.kind === 'over') {
      this.#over(starting, recalled.outcome === unknownToAgent ? lostWithStarter : recalled.outcome);
      return;
    }
    this.#runs(starting, recalled.process);
    this.#listener.orphaned(starting.attemptId);
  }

  async #recall(sandbox: string): Promise<Recalled | undefined> {
    while (!this.#isLetGo) {
      try {
        return await recall(sandbox, this.#bootId);
      } catch {
        // Whether it runs cannot be told before its record can be read: to guess would be to run it twice or never.
        await sleep(unreadablePauseMilliseconds);
      }
    }
    return undefined;
  }
}
