import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalDriver } from '@galaxy-mesos/drivers';
import type { JobService } from '@galaxy-mesos/front-doors';
import { failOnExitCode, type Job, type JobEvent, renderJobScript } from '@galaxy-mesos/galaxy-jobs';
import { directoryJobs, JobRunner, type JobRunnerParts } from '@galaxy-mesos/job-runner';
import { type JobStore, openJobStore } from '@galaxy-mesos/job-store';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';

/** A runner with the store and the driver that it has, as a daemon puts them together. */
export interface Daemon {
  readonly runner: JobRunner;
  /** As doors see it: the compiler checks that it is what they need. */
  readonly service: JobService;
  readonly store: JobStore;
  readonly events: readonly JobEvent[];
  readonly warnings: readonly string[];
  stop(): Promise<void>;
}

/** A directory in which one daemon after the other works, on this machine unless another driver is given. */
export class RunnerFixture {
  readonly root: string;
  readonly #daemons: Daemon[] = [];

  constructor(root = mkdtempSync(path.join(tmpdir(), 'job-runner-'))) {
    this.root = root;
  }

  async start(
    changes: Partial<Omit<JobRunnerParts, 'store' | 'driver'>> & {
      readonly makeDriver?: (store: JobStore) => Promise<ClusterDriver>;
    } = {},
  ): Promise<Daemon> {
    const { makeDriver, ...parts } = changes;
    const store = await openJobStore(path.join(this.root, 'jobs.sqlite'));
    const sandboxRoot = path.join(this.root, 'sandboxes');
    const driver = (await makeDriver?.(store)) ?? new LocalDriver({ sandboxRoot });
    const warnings: string[] = [];
    const runner = new JobRunner({
      driver,
      store,
      cluster: driver.kind,
      directory: path.join(this.root, 'jobs'),
      directories: directoryJobs({ mode: 'shared' }),
      secretKey: 'a key of the test',
      schedulerOptions: { retryDelay: 0.05 },
      onWarning: (message) => void warnings.push(message),
      ...parts,
    });
    const events: JobEvent[] = [];
    runner.subscribe((event) => void events.push(event));
    const stop = async () => {
      if (!this.#daemons.includes(daemon)) return;
      this.#daemons.splice(this.#daemons.indexOf(daemon), 1);
      try {
        await runner.stop();
      } finally {
        await store.close();
      }
    };
    const daemon: Daemon = { runner, service: runner, store, events, warnings, stop };
    this.#daemons.push(daemon);
    await runner.start();
    return daemon;
  }

  at(...names: readonly string[]): string {
    return path.join(this.root, ...names);
  }

  read(...names: readonly string[]): Promise<string> {
    return readFile(this.at(...names), 'utf8');
  }

  /** A job as Galaxy's runner sends it: a command line in a directory of its own. */
  async directoryJob(id: string, command: string, changes: Partial<Job> = {}): Promise<Job> {
    const directory = this.at('staging', id);
    for (const name of ['inputs', 'working', 'outputs', 'configs', 'tool_files', 'metadata', 'unstructured'])
      await mkdir(path.join(directory, name), { recursive: true });
    await writeFile(path.join(directory, 'inputs', 'in.txt'), 'what is read\n');
    return this.#job(id, renderJobScript({ directory, command: command.replaceAll('{job}', directory) }), {
      directory,
      shell: '/bin/bash',
      ...changes,
    });
  }

  /** A command with one output, `<id>.txt`. */
  plainJob(id: string, command: string, changes: Partial<Job> = {}): Job {
    const destination = this.at('results', `${id}.txt`);
    return this.#job(id, command, {
      outputs: [{ name: 'out', file: 'out.txt', whenMissing: 'fail', destination }],
      ...changes,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of [...this.#daemons]) await daemon.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  #job(id: string, command: string, changes: Partial<Job>): Job {
    return {
      id,
      name: id,
      command,
      shell: '/bin/sh',
      inputs: [],
      outputs: [],
      environment: {},
      resources: { cpus: 0.1, mem: 64, disk: 0 },
      retries: 0,
      stdio: failOnExitCode,
      ...changes,
    };
  }
}
