import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Setting metadata of other jobs may keep a small machine busy for minutes. */
const patienceMilliseconds = 300_000;
const pollMilliseconds = 100;

/** A job of the tool `waits`: it goes on until it is let through, and notes its starts and ends. */
export class WaitingJob {
  readonly id: string;
  readonly #gate: string;

  /** The id is Galaxy's, and the gate the file that the job waits for. */
  constructor(id: string, gate: string) {
    this.id = id;
    this.#gate = gate;
  }

  letThrough(): void {
    writeFileSync(this.#gate, '');
  }

  /** How often it was begun. */
  get starts(): number {
    return linesOf(`${this.#gate}.starts`).length;
  }

  /** How often it came to its end. */
  get ends(): number {
    return linesOf(`${this.#gate}.ends`).length;
  }

  /** The process that was begun last. */
  get process(): number {
    return Number(linesOf(`${this.#gate}.starts`).at(-1));
  }

  get isAlive(): boolean {
    return existsSync(`/proc/${this.process}`);
  }

  /** Waits until it has begun so often. */
  begun(times = 1): Promise<void> {
    return until(`a start number ${times}`, () => this.starts >= times);
  }

  /** Waits until the process that was begun last has ended. */
  gone(): Promise<void> {
    return until('the process of a job to end', () => !this.isAlive);
  }
}

/**
 * Where on a Mesos cluster a process of a task runs: its agent's `HOST:PORT`, and all processes from this one up to the
 * task's executor.
 */
export function placeOf(process: number): { readonly endpoint: string; readonly lineage: readonly number[] } {
  const lineage: number[] = [];
  let ancestor = process;
  while (ancestor > 1) {
    lineage.push(ancestor);
    const environment = readFileSync(`/proc/${ancestor}/environ`, 'utf8');
    const endpoint = /(?:^|\0)MESOS_AGENT_ENDPOINT=([^\0]*)/.exec(environment)?.[1];
    const isExecutor = readFileSync(`/proc/${ancestor}/cmdline`, 'utf8').includes('executor');
    if (endpoint !== undefined && isExecutor) return { endpoint, lineage };
    ancestor = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${ancestor}/status`, 'utf8'))?.[1]);
  }
  throw new Error(`process ${process} is below no executor of Mesos`);
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMilliseconds / 1000} s for ${what}`);
    await sleep(pollMilliseconds);
  }
}
