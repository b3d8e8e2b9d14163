import type { JobEvent, JobOutcome, TaskCounts } from '@galaxy-mesos/job-runner';
import { bytes, duration, planningLine, progressLine, secondsLeft } from './progress-line.ts';

/** Shows people, or programs, how a job goes on. */
export interface Reporter {
  event(event: JobEvent): void;
  outcome(outcome: JobOutcome): void;
  /** Leaves the screen in order, also where there is no outcome. */
  close(): void;
}

/** What a reporter writes to; a part of `process.stdout`. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where a reporter has the time from. */
export interface Watch {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls again and again, without keeping the process alive, until the answer is called. */
  every(milliseconds: number, call: () => void): () => void;
}

/** The watch on the wall. */
export const systemWatch: Watch = {
  now: Date.now,
  every(milliseconds, call) {
    const timer = setInterval(call, milliseconds).unref();
    return () => clearInterval(timer);
  },
};

/** Often enough to look alive, seldom enough to cost nothing. */
const redrawMilliseconds = 100;
const eraseLine = '\r\u001b[K';

/** One JSON object a line: `event` says what it is, `time` when it was. */
class JsonReporter implements Reporter {
  readonly #screen: Screen;
  readonly #watch: Watch;

  constructor(screen: Screen, watch: Watch) {
    this.#screen = screen;
    this.#watch = watch;
  }

  event({ type, ...rest }: JobEvent): void {
    this.#line(type, rest);
  }

  outcome(outcome: JobOutcome): void {
    this.#line('finished', outcome);
  }

  close(): void {}

  #line(event: string, data: object): void {
    const time = new Date(this.#watch.now()).toISOString();
    this.#screen.write(`${JSON.stringify({ event, time, ...data })}\n`);
  }
}

/** A line that is drawn again and again on a terminal, warnings above it, and a summary at the end. */
export class TerminalReporter implements Reporter {
  readonly #screen: Screen;
  readonly #watch: Watch;
  readonly #startedAt: number;
  readonly #stopRedrawing: () => void;
  /** What the line says now; drawn at the next turn of the watch, since events may come by the thousand. */
  #line: (() => string) | undefined;
  #drawn = '';
  #doneBefore = 0;
  /** How many tasks had ended, and how many seconds had passed, when the last one did. */
  #lastEnd = { ended: 0, elapsed: 0 };

  constructor(screen: Screen, watch: Watch) {
    this.#screen = screen;
    this.#watch = watch;
    this.#startedAt = watch.now();
    this.#stopRedrawing = watch.every(redrawMilliseconds, () => this.#draw());
  }

  event(event: JobEvent): void {
    switch (event.type) {
      case 'planning':
        this.#line = () => planningLine(event.read, event.size, this.#columns);
        break;
      case 'planned':
        this.#doneBefore = event.resumed;
        break;
      case 'task':
        this.#noteEnds(event.counts);
        this.#line = () => progressLine(event.counts, this.#secondsLeft(event.counts), this.#columns);
        break;
      case 'merging':
        this.#above(`joining ${event.parts} parts`);
        break;
      case 'warning':
        this.#above(`warning: ${event.message}`);
        break;
      case 'subscribed':
        break;
    }
  }

  outcome(outcome: JobOutcome): void {
    this.close();
    if (outcome.state !== 'ok') return;
    const tasks = `${outcome.counts.finished} task${outcome.counts.finished === 1 ? '' : 's'}`;
    for (const { path, size } of outcome.results) {
      this.#screen.write(`${path}: ${bytes(size)}, from ${tasks} in ${duration(this.#elapsed())}\n`);
    }
  }

  close(): void {
    this.#stopRedrawing();
    this.#line = undefined;
    this.#erase();
  }

  #noteEnds({ finished, failed }: TaskCounts): void {
    const ended = finished + failed;
    if (ended !== this.#lastEnd.ended) this.#lastEnd = { ended, elapsed: this.#elapsed() };
  }

  /**
   * Counted down from what it was when the last task ended: that none ends for a while makes none slower. Where
   * that turns out too little, it is unknown again.
   */
  #secondsLeft(counts: TaskCounts): number | undefined {
    const left = secondsLeft(counts, this.#doneBefore, this.#lastEnd.elapsed) ?? 0;
    const now = left - (this.#elapsed() - this.#lastEnd.elapsed);
    return now > 0 ? now : undefined;
  }

  /** Looked up each time, as windows are made larger and smaller; some terminals say 0. */
  get #columns(): number {
    return this.#screen.columns || 80;
  }

  #elapsed(): number {
    return (this.#watch.now() - this.#startedAt) / 1000;
  }

  #draw(): void {
    const line = this.#line?.() ?? '';
    if (line === this.#drawn) return;
    this.#drawn = line;
    this.#screen.write(`${eraseLine}${line}`);
  }

  #above(line: string): void {
    this.#erase();
    this.#screen.write(`${line}\n`);
    this.#draw();
  }

  #erase(): void {
    if (this.#drawn !== '') this.#screen.write(eraseLine);
    this.#drawn = '';
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

  close(): void {}
}

/** The reporter that fits where output goes. */
export function chooseReporter(json: boolean, stdout: Screen, stderr: Screen, watch: Watch): Reporter {
  if (json) return new JsonReporter(stdout, watch);
  return stdout.isTTY ? new TerminalReporter(stdout, watch) : new QuietReporter(stderr);
}
