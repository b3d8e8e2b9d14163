import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchJobReport, BatchJobRequest, BatchJobState, QueueCommand } from '../dialects/dialect.ts';
import { oneLine } from '../dialects/one-line.ts';
import type { ClusterLock } from '../journal/index.ts';
import { printOrders } from '../pilot/index.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { readAddress } from '../standing/address.ts';
import { makeDirectory, writeAtomically } from '../standing/atomic-file.ts';
import { type MasterJobRecord, MasterJobRecords } from './master-job-records.ts';
import type { MasterSource, MasterStanding } from './master-keeper.ts';
import type { LauncherPorts } from './ports.ts';
import type { QueueSystem } from './systems.ts';
import { hasPassed } from './timing.ts';

/** After refusals and jobs that end at once, in a row: the wait before the next. */
const backOffMilliseconds = [0, 60_000, 300_000, 900_000];
const longestBackOffMilliseconds = 1_800_000;

const submitTimeoutSeconds = 60;
const statusTimeoutSeconds = 20;

/**
 * So long before a master's walltime is over the next one is submitted, or at three quarters of a walltime that is
 * short. It may have to wait in the queue; when it starts too soon, it waits for the registry.
 */
const longestLeadSeconds = 1800;

export interface MasterJobOptions {
  /** The cluster's. */
  readonly directory: string;
  /** Where the jobs' records, orders and files are. */
  readonly folder: string;
  readonly system: QueueSystem;
  readonly ports: LauncherPorts;
  readonly lock: ClusterLock;
  /** The batch job of that name, which obeys orders with this token. */
  readonly request: (name: string, token: string) => BatchJobRequest;
  readonly newName: () => string;
  /** What all these names begin with. */
  readonly namePrefix: string;
  /** How often the queue is asked about the jobs while there is something to find out, at most. */
  readonly askSeconds: number;
  /** A job that two answers leave out which are this far apart is gone. */
  readonly absenceSeconds: number;
}

/** Why there is no master, or will soon be none. */
interface Trouble {
  readonly text: string;
  readonly isStuck: boolean;
}

/**
 * A master in a batch job of its own: submitted again before its walltime is over and whenever it has ended, on the
 * same registry.
 */
export class MasterJob implements MasterSource {
  readonly kind = 'in-job';
  readonly #options: MasterJobOptions;
  readonly #records: MasterJobRecords;
  #askedAt = -Infinity;
  /** By name: what the queue's last answer said. */
  readonly #states = new Map<string, BatchJobState>();
  /** By name: since when the queue's answers have left a job out. */
  readonly #absentSince = new Map<string, number>();
  #failures = 0;
  #failedAt = -Infinity;
  #trouble: Trouble | undefined;
  #last: string | undefined;

  constructor(options: MasterJobOptions) {
    this.#options = options;
    this.#records = new MasterJobRecords(options.folder);
  }

  async look(isAnswering: boolean, mayStart = true): Promise<MasterStanding> {
    const jobs = await this.#seen(isAnswering);
    const [first] = jobs;
    const isLasting = first !== undefined && !this.#isEndingSoon(first);
    if (isAnswering && isLasting) {
      this.#failures = 0;
      this.#trouble = undefined;
    }
    const isLacking = first === undefined ? !isAnswering : jobs.length === 1 && !isLasting;
    const isSubmitted = isLacking && mayStart && this.#isTime() && (await this.#submit(jobs));
    const isQueued = isSubmitted || first !== undefined;
    const address = await readAddress(this.#options.directory);
    return {
      isQueued,
      ...(address !== undefined && { address }),
      ...(this.#trouble && { trouble: this.#trouble.text, isStuck: this.#trouble.isStuck }),
    };
  }

  retry(): void {
    this.#failures = 0;
  }

  async end(): Promise<boolean> {
    const jobs = await this.#records.read();
    if (jobs.length === 0) return true;
    if (!this.#mayAsk(this.#options.absenceSeconds / 2)) return false;
    const left = await this.#ask(jobs);
    if (left.length === 0) return true;
    const ids = left.flatMap(({ id }) => (id === undefined ? [] : [id]));
    if (ids.length === 0) return false;
    const { dialect, run } = this.#options.system;
    const outcome = dialect.cancelled(await run(dialect.cancel(ids), statusTimeoutSeconds));
    if (outcome.kind !== 'told') throw new QueueClusterError('MASTER', outcome.text);
    return false;
  }

  /** Whether a master is tried again after the last failure. */
  #isTime(): boolean {
    const wait = backOffMilliseconds[this.#failures - 1] ?? longestBackOffMilliseconds;
    return this.#failures === 0 || hasPassed(wait, { since: this.#failedAt, now: this.#options.ports.now() });
  }

  #mayAsk(seconds: number): boolean {
    return hasPassed(seconds * 1000, { since: this.#askedAt, now: this.#options.ports.now() });
  }

  /** Whether the next master is to be submitted, should it not be there. */
  #isEndingSoon({ endsAt, walltimeSeconds }: MasterJobRecord): boolean {
    const { ports } = this.#options;
    const lead = Math.min(longestLeadSeconds, walltimeSeconds / 4) * 1000;
    return endsAt !== undefined && ports.now() >= endsAt - lead;
  }

  /** The jobs, after a look at the queue where that is due: a master that answers and lasts needs none. */
  async #seen(isAnswering: boolean): Promise<readonly MasterJobRecord[]> {
    const jobs = await this.#records.read();
    const isKnown = jobs.length === 1 && jobs.every(({ endsAt }) => endsAt !== undefined);
    if (jobs.length === 0 || (isAnswering && isKnown) || !this.#mayAsk(this.#options.askSeconds)) return jobs;
    const left = await this.#ask(jobs);
    const last = jobs.at(-1)?.name;
    // Where the next one is there, that the one before has ended is no trouble.
    if (left.some(({ name }) => name === last)) this.#trouble = this.#waitOf(left, isAnswering);
    else this.#fail(`the batch job of the ${left.length === 0 ? '' : 'next '}master has ended`, false);
    return left;
  }

  /** Asks the queue; answers and notes those that may be there. */
  async #ask(jobs: readonly MasterJobRecord[]): Promise<readonly MasterJobRecord[]> {
    const { system, ports, namePrefix } = this.#options;
    const user = await system.user();
    if (user === undefined) return jobs;
    this.#askedAt = ports.now();
    const ids = jobs.flatMap(({ id }) => (id === undefined ? [] : [id]));
    const command = system.dialect.status({ user, ids, namePrefix });
    const outcome = system.dialect.statuses(await system.run(command, statusTimeoutSeconds));
    if (outcome.kind === 'no-news') return jobs;
    this.#states.clear();
    const reportOf = (job: MasterJobRecord) =>
      outcome.batchJobs.find(({ id, name }) => id === job.id || name === job.name);
    const left = jobs.flatMap((job) => this.#judge(job, reportOf(job)));
    if (JSON.stringify(left) !== JSON.stringify(jobs)) await this.#records.write(left);
    return left;
  }

  /** A job as it stands after an answer of the queue; none if it is gone for certain. */
  #judge(job: MasterJobRecord, report: BatchJobReport | undefined): readonly MasterJobRecord[] {
    if (report?.state.kind === 'ended') return [];
    if (!report) return this.#isAbsent(job) ? [] : [job];
    this.#absentSince.delete(job.name);
    this.#states.set(job.name, report.state);
    const endsAt = job.endsAt ?? this.#endOf(job, report.state);
    return [{ ...job, id: report.id, ...(endsAt !== undefined && { endsAt }) }];
  }

  #isAbsent({ name, submittedAt }: MasterJobRecord): boolean {
    const since = this.#absentSince.get(name) ?? this.#askedAt;
    this.#absentSince.set(name, since);
    return this.#askedAt - Math.max(since, submittedAt) >= this.#options.absenceSeconds * 1000;
  }

  #endOf({ walltimeSeconds }: MasterJobRecord, state: BatchJobState): number | undefined {
    if (state.kind !== 'running') return undefined;
    return state.endsAt ?? (state.startedAt ?? this.#askedAt) + walltimeSeconds * 1000;
  }

  /** What the queue said last of a job that waits; of the next one, where that needs somebody. */
  #waitOf(jobs: readonly MasterJobRecord[], isAnswering: boolean): Trouble | undefined {
    for (const { name } of jobs) {
      const state = this.#states.get(name);
      if (state?.kind !== 'waiting' && state?.kind !== 'held') continue;
      const isStuck = state.kind === 'held' || state.isHopeless === true;
      if (isAnswering && !isStuck) continue;
      const text = `the ${isAnswering ? 'next ' : ''}master ${state.kind === 'held' ? 'is held' : 'waits'} in the queue`;
      const reason = state.reason === undefined ? '' : `: ${state.reason}`;
      return { text: `${text}${reason}${advised(state.advice)}`, isStuck };
    }
    return undefined;
  }

  /** Submits the first one, or the one that comes after the one that is there. False if it is not in the queue. */
  async #submit(jobs: readonly MasterJobRecord[]): Promise<boolean> {
    const { folder, ports, lock, system, newName, request: requestOf } = this.#options;
    const name = newName();
    // Both obey the same orders: those of the next one must not revoke the one that is there.
    const token = jobs[0]?.token ?? ports.random(16).toString('hex');
    const whose = jobs.length === 0 ? "the master's" : "the next master's";
    let request: BatchJobRequest;
    let command: QueueCommand;
    try {
      request = requestOf(name, token);
      command = system.dialect.submit(request);
    } catch (error) {
      const text = oneLine(error instanceof Error ? error.message : String(error));
      this.#fail(`${whose} batch job cannot be submitted: ${text}`, true);
      return false;
    }
    await makeDirectory(request.directory);
    await this.#clearAway([name, ...jobs.map((job) => job.name)]);
    await writeAtomically(
      join(folder, 'orders'),
      printOrders({ token, keep: true, drain: false, stop: false }),
    );
    await writeAtomically(join(request.directory, 'script'), request.script, 0o700);
    const { walltimeSeconds } = request;
    const record: MasterJobRecord = { name, token, submittedAt: ports.now(), walltimeSeconds };
    await this.#records.write([...jobs, record]);
    await lock.check();
    const outcome = system.dialect.submitted(await system.run(command, submitTimeoutSeconds));
    if (outcome.kind === 'accepted') {
      await this.#records.write([...jobs, { ...record, id: outcome.id }]);
      this.#trouble = undefined;
    } else if (outcome.kind === 'refused') {
      await this.#records.write(jobs);
      const { text, advice, kind } = outcome.problem;
      this.#fail(`the queue refuses ${whose} batch job: ${text}${advised(advice)}`, kind === 'configuration');
      return false;
    } else {
      const text = `the queue has not said whether it took ${whose} batch job: ${outcome.text}`;
      this.#trouble = { text, isStuck: false };
    }
    return true;
  }

  /** Removes what is left of earlier batch jobs but for the last, whose log may say why it ended. */
  async #clearAway(names: readonly string[]): Promise<void> {
    const { folder } = this.#options;
    const kept = [...names, ...(this.#last === undefined ? [] : [this.#last])];
    const isKept = (entry: string) => kept.some((job) => entry === job || entry.startsWith(`${job}.`));
    for (const entry of await readdir(folder))
      if (entry.startsWith('gm-') && !isKept(entry))
        await rm(join(folder, entry), { recursive: true, force: true });
    this.#last = names[0];
  }

  #fail(text: string, isStuck: boolean): void {
    this.#trouble = { text, isStuck };
    this.#failedAt = this.#options.ports.now();
    this.#failures += 1;
  }
}

const advised = (advice: string | undefined): string => (advice === undefined ? '' : ` (${advice})`);
