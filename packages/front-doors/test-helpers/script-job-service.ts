import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEnded, type Job, type JobView } from '@galaxy-mesos/galaxy-jobs';
import { FakeJobService } from './fake-job-service.ts';

/** A `JobService` that runs a job's script on this machine, in the job directory itself, as soon as it has it. */
export class ScriptJobService extends FakeJobService {
  readonly #running = new Map<string, ChildProcess>();
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    super();
    this.#environment = environment;
  }

  override async submit(job: Job): Promise<JobView> {
    const view = await super.submit(job);
    // Whoever submits has his answer before anything of the job is heard.
    setImmediate(() => this.#run(job).catch((error: unknown) => this.#break(job, error)));
    return view;
  }

  override async cancel(jobId: string): Promise<JobView> {
    const view = await super.cancel(jobId);
    this.#kill(jobId);
    return view;
  }

  override async remove(jobId: string): Promise<void> {
    await super.remove(jobId);
    this.#kill(jobId);
  }

  /** Ends all that runs. */
  stop(): void {
    for (const jobId of this.#running.keys()) this.#kill(jobId);
  }

  async #run(job: Job): Promise<void> {
    const { directory } = job;
    if (directory === undefined) throw new Error('a job without a directory');
    if (this.#isOver(job.id)) return;
    const script = join(directory, 'job_script.sh');
    // As the tree of an attempt has them.
    for (const name of ['configs', 'tool_files', 'metadata'])
      await mkdir(join(directory, name), { recursive: true });
    await writeFile(script, job.command);
    const child = spawn('/bin/bash', [script], {
      env: {
        ...this.#environment,
        GALAXY_MESOS_CPUS: String(job.resources.cpus),
        GALAXY_MESOS_MEM: String(job.resources.mem),
      },
      stdio: 'ignore',
      // A group of its own, all of which can be ended.
      detached: true,
    });
    this.#running.set(job.id, child);
    this.change(job.id, 'running');
    await once(child, 'exit');
    this.#running.delete(job.id);
    if (!this.#isOver(job.id)) this.change(job.id, 'ok', { exitCode: child.exitCode ?? -1 });
  }

  #isOver(jobId: string): boolean {
    const view = this.job(jobId);
    return view === undefined || isEnded(view.state);
  }

  #break(job: Job, error: unknown): void {
    if (!this.#isOver(job.id)) this.change(job.id, 'error', { message: String(error) });
  }

  #kill(jobId: string): void {
    const child = this.#running.get(jobId);
    if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  }
}
