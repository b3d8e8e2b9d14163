import type { JobEvent, JobOutcome } from '@galaxy-mesos/job-runner';
import { bytes, duration, planningLine, progressLine, secondsLeft } from './progress-line.ts';

/** Shows people, or programs, how a job goes on. */
export interface Reporter {
  event(event: JobEvent): void;
  outcome(outcome: JobOutcome): void;
}

/** What a reporter writes to; a part of `process.stdout`. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const redrawMilliseconds = 100;
const eraseLine = '\r\u001b[K';

/** One JSON object a line: `event` says what it is, `time` when it was. */
export class JsonReporter implements Reporter {
  readonly #screen: Screen;
  readonly #now: () => number;

  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
  }

  event({ type, ...rest }: JobEvent): void {
    this.#line(type, rest);
  }

  outcome(outcome: JobOutcome): void {
    this.#line('finished', outcome);
  }

  #line(event: string, data: object): void {
    const time = new Date(this.#now()).toISOString();
    this.#screen.write(`${JSON.stringify({ event, time, ...data })}\n`);
  }
}

/** A line that is drawn again and again on a terminal, warnings above it, and a summary at the end. */
export class TerminalReporter implements Reporter {
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #startedAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #doneBefore = 0;
  #drawn = false;

  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
    this.#startedAt = now();
  }

  event(event: JobEvent): void {
    if (event.type === 'planned') this.#doneBefore = event.resumed;
    else if (event.type === 'planning') this.#draw(planningLine(event.read, event.size, this.#columns));
    else if (event.type === 'warning') this.#above(`warning: ${event.message}`);
    else if (event.type === 'merging') this.#draw(`joining ${event.parts} parts`, true);
    else if (event.type === 'task') {
      const left = secondsLeft(event.counts, this.#doneBefore, this.#elapsed());
      const isLast = event.counts.waiting + event.counts.active === 0;
      this.#draw(progressLine(event.counts, left, this.#columns), isLast);
    }
  }

  outcome(outcome: JobOutcome): void {
    this.#erase();
    if (outcome.state !== 'ok') return;
    const tasks = `${outcome.counts.finished} task${outcome.counts.finished === 1 ? '' : 's'}`;
    for (const { path, size } of outcome.results) {
      this.#screen.write(`${path}: ${bytes(size)}, from ${tasks} in ${duration(this.#elapsed())}\n`);
    }
  }

  /** Looked up each time, as windows are made larger and smaller; some terminals say 0. */
  get #columns(): number {
    return this.#screen.columns || 80;
  }

  #elapsed(): number {
    return (this.#now() - this.#startedAt) / 1000;
  }

  #draw(line: string, always = false): void {
    const now = this.#now();
    if (!always && now - this.#drawnAt < redrawMilliseconds) return;
    this.#drawnAt = now;
    this.#drawn = true;
    this.#screen.write(`${eraseLine}${line}`);
  }

  #above(line: string): void {
    this.#erase();
    this.#screen.write(`${line}\n`);
  }

  #erase(): void {
    if (this.#drawn) this.#screen.write(eraseLine);
    this.#drawn = false;
  }
}

/** Says nothing but warnings: for output that no person watches. */
export class QuietReporter implements Reporter {
  readonly #errors: Screen;

  constructor(errors: Screen) {
    this.#errors = errors;
  }

  event(event: JobEvent): void {
    if (event.type === 'warning') this.#errors.write(`galaxy-mesos: warning: ${event.message}\n`);
  }

  outcome(): void {}
}

/** The reporter that fits where output goes. */
export function chooseReporter(json: boolean, stdout: Screen, stderr: Screen, now: () => number): Reporter {
  if (json) return new JsonReporter(stdout, now);
  return stdout.isTTY ? new TerminalReporter(stdout, now) : new QuietReporter(stderr);
}
