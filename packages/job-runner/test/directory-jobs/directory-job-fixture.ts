import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { renderJobScript } from '@galaxy-mesos/galaxy-jobs';
import {
  deliverDirectory,
  directoryTaskCommand,
  directoryTaskEnvironment,
  prepareDirectoryJob,
} from '../../src/directory-jobs/index.ts';
import type { DirectoryStaging } from '../../src/directory-jobs/staging.ts';
import { aJob } from '../../src/testing/a-job.ts';

/** How a task ended that was run by hand. */
export interface TaskEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A task that runs. */
export interface RunningTask {
  readonly attemptId: string;
  readonly sandbox: string;
  readonly pid: number;
  readonly ended: Promise<TaskEnd>;
  /** What it has printed so far. */
  shown(): { readonly stdout: string; readonly stderr: string };
}

/** A directory job with its directories, and agents that are this machine. */
export class DirectoryJobFixture {
  readonly top: string;
  readonly directory: string;
  readonly control: string;
  readonly secret = randomBytes(24).toString('hex');
  #attempts = 0;

  private constructor(top: string, name: string) {
    this.top = top;
    this.directory = path.join(top, 'staging', name, '7');
    this.control = path.join(top, 'jobs', 'o.m.7');
  }

  /** The parts of a job directory are there; `name` is a part of its path. */
  static async make(name = 'owner'): Promise<DirectoryJobFixture> {
    const fixture = new DirectoryJobFixture(await realpath(await mkdtemp(path.join(tmpdir(), 'dj-'))), name);
    for (const part of ['inputs', 'working', 'outputs', 'configs', 'tool_files', 'metadata']) {
      await mkdir(path.join(fixture.directory, part), { recursive: true });
    }
    return fixture;
  }

  remove(): Promise<void> {
    return rm(this.top, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Writes a file of the job directory. */
  async put(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const target = path.join(this.directory, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content, { mode });
  }

  read(file: string): Promise<string> {
    return readFile(path.join(this.directory, file), 'utf8');
  }

  /** How the files of jobs come to attempts for which nothing else is said. */
  shared: DirectoryStaging = { mode: 'shared' };

  /** What all jobs have besides. */
  changes: Partial<Job> = {};

  job(command: string): Job {
    const { directory } = this;
    return aJob({
      ...this.changes,
      id: 'o.m.7',
      directory,
      shell: '/bin/bash',
      outputs: [],
      command: renderJobScript({ directory, command }),
    });
  }

  /** Starts one attempt at a job whose tool is `command`. */
  async start(
    command: string,
    staging: DirectoryStaging,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<RunningTask> {
    await prepareDirectoryJob(this.job(command), this.control, staging);
    return this.startAgain(command, staging, environment);
  }

  /** The same without preparing the job. */
  async startAgain(
    command: string,
    staging: DirectoryStaging,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<RunningTask> {
    const job = this.job(command);
    this.#attempts += 1;
    const attemptId = `o.m.7-0.${this.#attempts}`;
    const sandbox = path.join(this.top, 'sandboxes', attemptId);
    await mkdir(sandbox, { recursive: true });
    const child = spawn('/bin/sh', ['-c', directoryTaskCommand(job, this.control, staging)], {
      cwd: sandbox,
      detached: true,
      env: {
        PATH: process.env.PATH,
        GALAXY_MESOS_ATTEMPT_ID: attemptId,
        ...directoryTaskEnvironment(staging, this.secret),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close').then(([status]) => ({ status, stdout, stderr }));
    return { attemptId, sandbox, pid: child.pid ?? 0, ended, shown: () => ({ stdout, stderr }) };
  }

  /** Runs an attempt to its end, on a file system that all share. */
  async run(
    command: string,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<TaskEnd & { attemptId: string; sandbox: string }> {
    const { ended, attemptId, sandbox } = await this.start(command, this.shared, environment);
    return { ...(await ended), attemptId, sandbox };
  }

  /** As an agent that does not see it finds it. */
  hideControlDirectory(): Promise<void> {
    return rename(this.control, `${this.control}.hidden`);
  }

  deliver(attemptId: string): Promise<{ exitCode: number | undefined }> {
    return deliverDirectory(this.job('true'), this.control, attemptId);
  }
}
