import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job, JobEvent } from '@galaxy-mesos/galaxy-jobs';
import type { Launch } from '@galaxy-mesos/scheduler';
import type { DirectoryJobs } from '../runner/directory-recipe.ts';
import { JobRunner } from '../runner/job-runner.ts';
import type { JobRunnerParts } from '../runner/job-runner-parts.ts';
import { aJob, anOutput } from './a-job.ts';
import { MemoryRunnerStore } from './memory-runner-store.ts';
import { PlayedCluster } from './played-cluster.ts';

/** A directory, a cluster and a store, on which one runner works after the other. */
export class RunnerBench {
  readonly root = mkdtempSync(path.join(tmpdir(), 'runner-bench-'));
  readonly cluster = new PlayedCluster((launch) => this.finish(launch));
  store = new MemoryRunnerStore();
  readonly events: JobEvent[] = [];
  readonly fatal: Error[] = [];
  readonly warnings: string[] = [];
  /** Ids of the attempts whose files were moved into the job's directory. */
  readonly delivered: string[] = [];
  /** Is waited for before files are moved. */
  beforeDelivery: (signal: AbortSignal) => Promise<void> = async () => {};
  /** Ids of the jobs whose attempts were given what they need to find, as often as they were. */
  readonly prepared: string[] = [];
  /** Of jobs that are submitted from now on. */
  generation = 'g';
  /** The command of jobs with a directory. */
  command = 'true';
  /** Whether directory jobs are run as where agents see the files. */
  areTreesOfTasks = true;
  readonly #runners: JobRunner[] = [];

  /** A runner that has been started. */
  async start(parts: Partial<JobRunnerParts> = {}): Promise<JobRunner> {
    const runner = this.make(parts);
    await runner.start();
    return runner;
  }

  make(parts: Partial<JobRunnerParts> = {}): JobRunner {
    const runner = new JobRunner({
      driver: this.cluster.driver(),
      store: this.store,
      cluster: 'played',
      directory: path.join(this.root, 'jobs'),
      directories: this.#directories(),
      secretKey: 'key',
      generation: () => this.generation,
      schedulerOptions: { retryDelay: 0.001, reviveInterval: 0.001 },
      onFatal: (error) => void this.fatal.push(error),
      onWarning: (message) => void this.warnings.push(message),
      ...parts,
    });
    runner.subscribe((event) => void this.events.push(event));
    this.#runners.push(runner);
    return runner;
  }

  /** Lets the process die: what is durable is what the next runner finds. */
  async reopen(): Promise<void> {
    this.cluster.cut();
    this.store = await this.store.reopened();
  }

  /** A job of one task, whose output is `<id>.txt`. */
  job(id: string, changes: Partial<Job> = {}): Job {
    const destination = path.join(this.root, 'results', `${id}.txt`);
    return aJob({ id, name: id, outputs: [anOutput({ destination })], ...changes });
  }

  /** A job with a directory. */
  directoryJob(id: string, changes: Partial<Job> = {}): Job {
    return this.job(id, { outputs: [], directory: path.join(this.root, 'staging', id), ...changes });
  }

  /** Does what a task of {@link job} does: leaves an output. */
  finish({ attemptId }: Launch): 'finish' {
    const jobId = attemptId.replace(/-\d+\.\w+-\d+$/, '');
    const directory = path.join(this.root, 'jobs', jobId, 'attempts', attemptId);
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, 'result.txt'), `made by ${attemptId}\n`);
    return 'finish';
  }

  /** How often each task ran, by its id. */
  get runs(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const id of this.cluster.attempts.keys()) {
      const task = id.slice(0, id.lastIndexOf('-'));
      counts[task] = (counts[task] ?? 0) + 1;
    }
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runner of this.#runners.slice(-1)) await runner.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  #directories(): DirectoryJobs {
    const { store } = this;
    return {
      prepare: async ({ id }) => void this.prepared.push(id),
      command: ({ id }) => `${this.command} ${id}`,
      environment: () => ({}),
      script: (controlDirectory) => path.join(controlDirectory, 'script.sh'),
      part: async () => undefined,
      dropPart: () => Promise.resolve(),
      deliver: async (_job, _controlDirectory, attemptId, signal) => {
        await this.beforeDelivery(signal);
        // The process was killed, and whatever it did goes nowhere.
        if (this.store !== store) return new Promise(() => {});
        this.delivered.push(attemptId);
        return { exitCode: 3 };
      },
      tail: async () => undefined,
      areTreesOfTasks: this.areTreesOfTasks,
      passing: [93],
      outOfMemory: [98],
      statusWords: new Map([[90, 'its files could not be laid out']]),
    };
  }
}
