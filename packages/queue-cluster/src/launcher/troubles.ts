import { oneLine } from '../dialects/one-line.ts';
import type { LauncherListener } from './launcher-event.ts';

/** What failed and was not tried again for so long is not wanted any more. */
const forgottenMilliseconds = 5 * 60_000;

interface Failure {
  readonly text: string;
  readonly at: number;
}

/** What does not work at the moment, by subject. Each is told once. */
export class Troubles {
  readonly #texts = new Map<string, string>();
  /** By subject, of its things: those with which the last attempt failed. */
  readonly #failures = new Map<string, Map<string, Failure>>();
  readonly #tell: LauncherListener;
  readonly #now: () => number;

  constructor(tell: LauncherListener, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  /** For people, one line each. */
  get lines(): readonly string[] {
    for (const subject of this.#failures.keys()) this.#judge(subject);
    return [...this.#texts].map(([subject, text]) => `${subject}: ${text}`);
  }

  /** Says how a subject stands now: what is wrong with it, or nothing. */
  set(subject: string, trouble: unknown): void {
    if (trouble === undefined) {
      if (this.#texts.delete(subject)) this.#tell({ type: 'relieved', subject });
      return;
    }
    const text = wordsOf(trouble);
    if (this.#texts.get(subject) === text) return;
    this.#texts.set(subject, text);
    this.#tell({ type: 'trouble', subject, text });
  }

  /** Tries something that may fail without harm, and says so where it does. */
  async attempt<T>(subject: string, what: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await what();
      this.set(subject, undefined);
      return result;
    } catch (error) {
      this.set(subject, error);
      return undefined;
    }
  }

  /** Likewise with one thing of many: the subject is well when nothing has failed with any of them at last. False where it failed. */
  async attemptOne(subject: string, thing: string, what: () => Promise<unknown>): Promise<boolean> {
    try {
      await what();
      this.setOne(subject, thing, undefined);
      return true;
    } catch (error) {
      this.setOne(subject, thing, error);
      return false;
    }
  }

  /** Says how one thing of many stands now. */
  setOne(subject: string, thing: string, trouble: unknown): void {
    const failures = this.#failures.get(subject) ?? new Map<string, Failure>();
    this.#failures.set(subject, failures);
    if (trouble === undefined) failures.delete(thing);
    else failures.set(thing, { text: wordsOf(trouble), at: this.#now() });
    this.#judge(subject);
  }

  #judge(subject: string): void {
    const failures = this.#failures.get(subject);
    if (!failures) return;
    for (const [thing, { at }] of failures)
      if (this.#now() - at >= forgottenMilliseconds) failures.delete(thing);
    const [first] = failures.values();
    if (!first) this.#failures.delete(subject);
    this.set(subject, first?.text);
  }
}

const wordsOf = (trouble: unknown): string =>
  oneLine(trouble instanceof Error ? trouble.message : String(trouble));
