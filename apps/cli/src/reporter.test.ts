import { beforeEach, describe, expect, it } from 'vitest';
import { chooseReporter, QuietReporter, TerminalReporter, type Watch } from './reporter.ts';

class FakeScreen {
  text = '';
  readonly isTTY: boolean;
  columns: number;

  constructor(isTTY = true, columns = 100) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }

  /** What a person would see: each line as it was drawn last. */
  get lines(): string[] {
    return this.text.split('\n').map((line) => line.split('\r\u001b[K').at(-1) ?? '');
  }
}

/** A watch whose hands are moved by the test. */
class FakeWatch implements Watch {
  #now = Date.parse('2026-11-22T10:00:00Z');
  #call: (() => void) | undefined;

  now(): number {
    return this.#now;
  }

  every(_milliseconds: number, call: () => void): () => void {
    this.#call = call;
    return () => {
      this.#call = undefined;
    };
  }

  pass(seconds: number): void {
    this.#now += seconds * 1000;
    this.#call?.();
  }

  get isRunning(): boolean {
    return this.#call !== undefined;
  }
}

const counts = (finished: number, active: number) => ({
  ...{ total: 4, finished, active, waiting: 4 - finished - active, failed: 0 },
});
const task = (finished: number, active: number) => ({
  ...({ type: 'task', task: 'part 1 of 4', state: 'finished' } as const),
  counts: counts(finished, active),
});

let screen: FakeScreen;
let errors: FakeScreen;
let watch: FakeWatch;
beforeEach(() => {
  screen = new FakeScreen();
  errors = new FakeScreen();
  watch = new FakeWatch();
});

describe('TerminalReporter', () => {
  it('shows the last of many events at the next turn of its watch', () => {
    const reporter = new TerminalReporter(screen, watch);
    for (let finished = 0; finished < 4; finished++) reporter.event(task(finished, 1));
    expect(screen.text).toBe('');
    watch.pass(0.1);
    expect(screen.lines).toEqual(['[##################......] 3/4 done, 1 running, 0 waiting, 0 failed']);
  });

  it('counts down between the ends of tasks, until the time is up, and writes nothing where nothing changes', () => {
    const reporter = new TerminalReporter(screen, watch);
    watch.pass(10);
    reporter.event(task(2, 2));
    watch.pass(0.1);
    expect(screen.lines[0]).toContain(', 10 s left');
    const before = screen.text.length;
    watch.pass(0.1);
    expect(screen.text).toHaveLength(before);
    watch.pass(4);
    expect(screen.lines[0]).toContain(', 6 s left');
    watch.pass(6);
    expect(screen.lines[0]).toMatch(/ 0 failed$/);
  });

  it('does not count what was done before for the time that is left', () => {
    const reporter = new TerminalReporter(screen, watch);
    reporter.event({ type: 'planned', tasks: 4, resumed: 2, records: 0 });
    watch.pass(7);
    reporter.event(task(3, 1));
    watch.pass(0.1);
    expect(screen.lines[0]).toContain(', 7 s left');
  });

  it('shows how the input is read', () => {
    const reporter = new TerminalReporter(screen, watch);
    reporter.event({ type: 'planning', read: 1_500_000, size: 48_000_000 });
    watch.pass(1);
    expect(screen.lines).toEqual(['reading the input: 1.5 MB of 48 MB']);
  });

  it('writes warnings above the line', () => {
    const reporter = new TerminalReporter(screen, watch);
    reporter.event(task(1, 1));
    watch.pass(1);
    reporter.event({ type: 'warning', message: 'connection lost' });
    expect(screen.lines).toEqual(['warning: connection lost', expect.stringContaining('1/4 done')]);
  });

  it('ends with what was made', () => {
    const reporter = new TerminalReporter(screen, watch);
    reporter.event(task(4, 0));
    watch.pass(61);
    const results = [{ output: 'output', path: '/x/hits.tsv', size: 1234 }];
    reporter.outcome({ state: 'ok', results, counts: counts(4, 0) });
    expect(screen.lines).toEqual(['/x/hits.tsv: 1.2 kB, from 4 tasks in 1 min 01 s', '']);
    expect(watch.isRunning).toBe(false);
  });

  it('leaves an empty line and a watch that stands still, whatever happens', () => {
    const reporter = new TerminalReporter(screen, watch);
    reporter.event(task(1, 1));
    watch.pass(1);
    reporter.close();
    reporter.close();
    expect(screen.lines).toEqual(['']);
    expect(watch.isRunning).toBe(false);
  });

  it('works on a terminal that says it has no columns', () => {
    screen.columns = 0;
    const reporter = new TerminalReporter(screen, watch);
    reporter.event(task(1, 1));
    watch.pass(1);
    expect(screen.lines[0]).toContain('1/4 done');
  });
});

describe('chooseReporter', () => {
  it('prints JSON where that was asked for, on a terminal too', () => {
    const reporter = chooseReporter(true, screen, errors, watch);
    reporter.event({ type: 'warning', message: 'line\nbreak "quoted" \u2028' });
    reporter.outcome({ state: 'interrupted', counts: counts(1, 0) });
    expect(
      screen.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { event: 'warning', time: '2026-11-22T10:00:00.000Z', message: 'line\nbreak "quoted" \u2028' },
      { event: 'finished', time: '2026-11-22T10:00:00.000Z', state: 'interrupted', counts: counts(1, 0) },
    ]);
  });

  it('is quiet where stdout is no terminal, but for warnings on stderr', () => {
    screen = new FakeScreen(false);
    const reporter = chooseReporter(false, screen, errors, watch);
    expect(reporter).toBeInstanceOf(QuietReporter);
    reporter.event(task(1, 1));
    reporter.event({ type: 'warning', message: 'no agents' });
    reporter.outcome({ state: 'interrupted', counts: counts(1, 0) });
    expect(screen.text).toBe('');
    expect(errors.text).toBe('galaxy-mesos: warning: no agents\n');
  });

  it('draws a bar on a terminal', () => {
    expect(chooseReporter(false, screen, errors, watch)).toBeInstanceOf(TerminalReporter);
  });
});
