import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../measure.ts';
import { PulsarClient } from './pulsar-client.ts';
import { processorUse, serverMemory } from './server-usage.ts';
import type { Server } from './servers.ts';

/** What a server did under load. */
export interface Outcome {
  /** From the first call until the last job was accepted. */
  readonly acceptedPerSecond: number;
  /** From the first call until the last job was run, its output fetched, and the job cleaned. */
  readonly donePerSecond: number;
  /** Of all calls for the status of a job from the first post to the last end. */
  readonly statusMilliseconds: { readonly median: number; readonly p99: number; readonly longest: number };
  readonly memoryKiBPerJob: number;
  /** Milliseconds a job, with the jobs' own, and of the server alone: the bound where there are cores enough for jobs. */
  readonly processor: { readonly withJobs: number; readonly server: number };
}

/** Galaxy's own pause after each look at all jobs (`job_runner_monitor_sleep`). */
const pauseMilliseconds = 1000;
const sampleMilliseconds = 200;

const inputOf = (index: number): string => `input of job ${index}\n`.repeat(50);

/** Posts so many jobs at once, and looks after them as Galaxy does until all are through. */
export async function load(server: Server, count: number): Promise<Outcome> {
  const client = new PulsarClient(server.url);
  const run = new Run(client);
  try {
    // What a server makes ready for its first job is not counted.
    await run.post(0);
    await run.finish(1);
    return await new Measured(server, run).load(count);
  } finally {
    client.close();
  }
}

/** Jobs of one client. */
class Run {
  readonly statusTimes: number[] = [];
  readonly #client: PulsarClient;
  readonly #open = new Map<string, number>();
  finished = 0;

  constructor(client: PulsarClient) {
    this.#client = client;
  }

  async post(index: number): Promise<void> {
    const id = `job${index}`;
    const { inputs, outputs } = await this.#client.setUp(id);
    await this.#client.upload(id, 'input.txt', inputOf(index));
    await this.#client.submit(id, `cat '${inputs}/input.txt' > '${outputs}/output.txt'`);
    this.#open.set(id, index);
  }

  /** Looks at one job after another, again and again, until so many have ended in all. */
  async finish(count: number): Promise<void> {
    while (this.finished < count) {
      for (const [id, index] of this.#open) {
        if (await this.#hasEnded(id)) await this.#collect(id, index);
      }
      await sleep(pauseMilliseconds);
    }
  }

  /** Asks for the status of any job that is open, all the time, beside {@link finish}. */
  async ask(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ids = [...this.#open.keys()];
      const id = ids[Math.floor(Math.random() * ids.length)];
      // It may have been cleaned meanwhile: then the server says that it is lost, which takes as long.
      if (id !== undefined) await this.#status(id);
      await sleep(20);
    }
  }

  async #hasEnded(id: string): Promise<boolean> {
    const { complete, status } = await this.#status(id);
    if (complete && status !== 'complete') throw new Error(`${id} ended as ${status}`);
    return complete;
  }

  async #status(id: string) {
    const began = performance.now();
    const status = await this.#client.status(id);
    this.statusTimes.push(performance.now() - began);
    return status;
  }

  async #collect(id: string, index: number): Promise<void> {
    const output = await this.#client.download(id, 'output.txt');
    if (output !== inputOf(index)) throw new Error(`${id} has made a wrong output: ${output.slice(0, 100)}`);
    await this.#client.clean(id);
    this.#open.delete(id);
    this.finished++;
  }
}

class Measured {
  readonly #server: Server;
  readonly #run: Run;
  #mostMemory = 0;

  constructor(server: Server, run: Run) {
    this.#server = server;
    this.#run = run;
  }

  async load(count: number): Promise<Outcome> {
    const memory = serverMemory(this.#server.pid);
    const before = processorUse(this.#server.pid);
    const done = new AbortController();
    this.#run.statusTimes.length = 0;
    this.#run.finished = 0;
    const began = performance.now();
    const posted = Promise.all(Array.from({ length: count }, (_, index) => this.#run.post(index + 1))).then(
      () => performance.now(),
    );
    const watching = Promise.all([this.#run.ask(done.signal), this.#sample(done.signal)]);
    // Whatever goes wrong first is told; what else fails because of it is not.
    watching.catch(() => {});
    const [accepted] = await Promise.race([
      Promise.all([posted, this.#run.finish(count)]),
      failing(watching),
    ]).finally(() => done.abort());
    const ended = performance.now();
    await watching;
    const after = processorUse(this.#server.pid);
    const { statusTimes } = this.#run;
    return {
      acceptedPerSecond: (count * 1000) / (accepted - began),
      donePerSecond: (count * 1000) / (ended - began),
      statusMilliseconds: {
        median: quantile(statusTimes, 0.5),
        p99: quantile(statusTimes, 0.99),
        longest: Math.max(...statusTimes),
      },
      processor: {
        withJobs: ((after.withJobs - before.withJobs) * 1000) / count,
        server: ((after.server - before.server) * 1000) / count,
      },
      memoryKiBPerJob: (Math.max(this.#mostMemory - memory, 0) * 1024) / count,
    };
  }

  async #sample(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#mostMemory = Math.max(this.#mostMemory, serverMemory(this.#server.pid));
      await sleep(sampleMilliseconds);
    }
  }
}

/** Never resolves. */
const failing = (work: Promise<unknown>): Promise<never> =>
  new Promise((_, reject) => {
    work.catch(reject);
  });
