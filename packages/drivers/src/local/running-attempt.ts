import type { AttemptId } from '@galaxy-mesos/scheduler';
import type { MemoryUser } from './memory.ts';
import { ranTooLong, type ShellEnd } from './outcome.ts';
import { isProcessAlive, signalGroup } from './processes.ts';
import type { AttemptRecord, ProcessIdentity } from './record.ts';
import { after, bootMilliseconds } from './timers.ts';
import { type Verdict, writeVerdict } from './verdict.ts';

/** What a {@link RunningAttempt} is made of. */
export interface RunningAttemptParts {
  readonly attemptId: AttemptId;
  readonly sandbox: string;
  /** Leads the session and the process group of the attempt. */
  readonly process: ProcessIdentity;
  readonly record: AttemptRecord;
  /** Seconds between SIGTERM and SIGKILL when the attempt runs too long. */
  readonly graceSeconds: number;
}

/** An attempt whose process runs, started by this driver or by an earlier one; ends it when it must. */
export class RunningAttempt implements MemoryUser {
  readonly attemptId: AttemptId;
  readonly sandbox: string;
  readonly session: number;
  readonly allowedMiB: number;
  /** All attempts of its group, itself included; empty if it has none. */
  readonly group: readonly AttemptId[];
  /** Set once the shell has ended, if the starter has told of it. */
  shellEnd: ShellEnd | undefined;
  readonly #process: ProcessIdentity;
  #verdict: Verdict | undefined;
  #looks = 0;
  #killAt = Number.POSITIVE_INFINITY;
  #cancelKill: (() => void) | undefined;
  #cancelLimit: (() => void) | undefined;

  constructor(parts: RunningAttemptParts) {
    this.attemptId = parts.attemptId;
    this.sandbox = parts.sandbox;
    this.session = parts.process.pid;
    this.allowedMiB = parts.record.resources.mem;
    this.group = parts.record.group ?? [];
    this.#process = parts.process;
    const { maximumRunSeconds, startedAt } = parts.record;
    if (maximumRunSeconds !== undefined) {
      const ran = Math.max(0, bootMilliseconds() - startedAt);
      const left = maximumRunSeconds * 1000 - ran;
      this.#cancelLimit = after(left, () => this.end(ranTooLong(maximumRunSeconds), parts.graceSeconds));
    }
  }

  get state(): 'TASK_RUNNING' | 'TASK_KILLING' {
    return this.#verdict?.state === 'TASK_KILLED' ? 'TASK_KILLING' : 'TASK_RUNNING';
  }

  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  /** Whether the process still lives, and its number is not yet another's. */
  isAlive(): boolean {
    return isProcessAlive(this.#process);
  }

  /**
   * Ends the attempt: SIGTERM, and SIGKILL if it still runs after `graceSeconds`. The first verdict stands;
   * a later call can only bring SIGKILL forward. Answers whether this was the first.
   */
  end(verdict: Verdict, graceSeconds: number): boolean {
    const isFirst = this.#verdict === undefined;
    if (isFirst) {
      this.#verdict = verdict;
      writeVerdict(this.sandbox, verdict);
      if (graceSeconds > 0) this.#signal('SIGTERM');
    }
    this.#killAfter(graceSeconds);
    return isFirst;
  }

  /** Counts how often its record was looked at in vain. */
  countLook(): number {
    this.#looks += 1;
    return this.#looks;
  }

  /** Goes on with what an earlier driver had begun. */
  resumeEnd(verdict: Verdict, graceSeconds: number): void {
    this.#verdict = verdict;
    this.#killAfter(graceSeconds);
  }

  /** No signal is sent any more. To be called when the process has ended, or is left to a later driver. */
  letGo(): void {
    this.#cancelLimit?.();
    this.#cancelKill?.();
  }

  #killAfter(seconds: number): void {
    const killAt = performance.now() + seconds * 1000;
    if (killAt >= this.#killAt) return;
    this.#killAt = killAt;
    this.#cancelKill?.();
    if (seconds === 0) this.#signal('SIGKILL');
    else this.#cancelKill = after(seconds * 1000, () => this.#signal('SIGKILL'));
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.isAlive()) signalGroup(this.session, signal);
  }
}
