import type { ClusterDefinition } from '../definition/definition.ts';
import type { QueueCommand, StatusOutcome, SubmitOutcome } from '../dialects/dialect.ts';
import { oneLine } from '../dialects/one-line.ts';
import type { ClusterLock } from '../journal/index.ts';
import type { PilotLimits } from '../pilot/index.ts';
import type { Decision, OrderDecision, SubmitDecision } from '../pools/decisions.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { AtATime } from './at-a-time.ts';
import type { Inbox } from './inbox.ts';
import type { MasterKeeper } from './master-keeper.ts';
import { pilotBatchJob } from './pilot-batch-job.ts';
import { clearAway, giveOrders, layOut } from './pilot-files.ts';
import { isPilotOf, type LauncherPorts } from './ports.ts';
import { type QueueSystem, systemKey } from './systems.ts';
import type { Troubles } from './troubles.ts';

/** A scheduler that is busy may take this long to take a job; then it is looked for by its name. */
const submitTimeoutSeconds = 60;
const statusTimeoutSeconds = 20;
const cancelTimeoutSeconds = 30;

/** Submits to one queueing system at a time: more make it slower. */
const submitsAtATime = 3;

/** Directories of pilots that are written to, or removed, at a time: thousands at once are more files than may be open. */
const directoriesAtATime = 32;

/** A pilot to be submitted, and what says how. */
type Submit = SubmitDecision & { readonly definition: ClusterDefinition };

export interface EffectsOptions {
  readonly directory: string;
  readonly cluster: string;
  readonly systems: { get(key: string): QueueSystem | undefined };
  readonly ports: LauncherPorts;
  readonly lock: ClusterLock;
  readonly inbox: Inbox;
  readonly master: MasterKeeper;
  readonly troubles: Troubles;
  readonly limits: Partial<PilotLimits> | undefined;
  /** Whether a pilot is still to come: by the time its turn has come it may have been sent away. */
  readonly isWanted: (pilot: string) => boolean;
  /** Takes what makes it impossible to go on. */
  readonly fail: (error: unknown) => void;
}

/** Carries out what was decided, in the background: what comes of it goes into the inbox. Nothing waits for anything else. */
export class Effects {
  readonly #options: EffectsOptions;
  readonly #running = new Set<Promise<unknown>>();
  readonly #directories = new AtATime(directoriesAtATime);
  /** By system: submits that run, and those that wait for them. */
  readonly #submits = new Map<string, { running: number; readonly waiting: Submit[] }>();

  constructor(options: EffectsOptions) {
    this.#options = options;
  }

  /** Pilots become what the definition says by which they were decided. */
  carryOut(decisions: readonly Decision[], definition: ClusterDefinition): void {
    for (const decision of decisions) this.#carryOut(decision, definition);
  }

  /** Resolves when everything that was begun is over. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Runs something in the background; its failure is the launcher's. */
  #begin(what: Promise<unknown>): void {
    const running = what.catch(this.#options.fail).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #carryOut(decision: Decision, definition: ClusterDefinition): void {
    const { directory, troubles } = this.#options;
    switch (decision.kind) {
      case 'submit':
        this.#enqueue({ ...decision, definition });
        return;
      case 'ask-status':
        this.#begin(this.#askStatus(decision.system, decision.ids));
        return;
      case 'ask-endings':
        this.#begin(this.#askEndings(decision.system, decision.ids));
        return;
      case 'stop-batch-jobs':
      case 'cancel-batch-jobs':
        this.#begin(this.#cancel(decision.kind, decision.system, decision.ids));
        return;
      case 'deactivate-agent':
      case 'reactivate-agent':
      case 'drain-agent':
      case 'mark-agent-gone':
        this.#begin(this.#options.master.tell(decision));
        return;
      case 'order':
        this.#begin(this.#directories.run(() => this.#order(decision)));
        return;
      case 'forget': {
        const { pilot } = decision;
        const clear = () => clearAway(directory, pilot);
        this.#begin(this.#directories.run(() => troubles.attemptOne('directories of pilots', pilot, clear)));
        return;
      }
      case 'finish':
        return;
    }
  }

  /** What could not be written is decided again. */
  async #order({ pilot, keep, drain, stop }: OrderDecision): Promise<void> {
    const { directory, troubles, inbox } = this.#options;
    const order = () => giveOrders(directory, pilot, { keep, drain, stop });
    if (!(await troubles.attemptOne('orders to pilots', pilot, order))) inbox.put({ failedOrders: [pilot] });
  }

  /** Undefined, and told, where the definition has lost it since: then nothing can be known of its batch jobs. */
  #system(key: string): QueueSystem | undefined {
    const system = this.#options.systems.get(key);
    const trouble = 'the definition has it no more, and it still has batch jobs of this cluster';
    this.#options.troubles.set(`queueing system ${key}`, system ? undefined : trouble);
    return system;
  }

  #enqueue(submit: Submit): void {
    const pool = submit.definition.pools[submit.pool];
    const key = pool ? systemKey(pool) : '';
    const line = this.#submits.get(key) ?? { running: 0, waiting: [] };
    this.#submits.set(key, line);
    line.waiting.push(submit);
    if (line.running < submitsAtATime) this.#begin(this.#submitAll(line, key));
  }

  async #submitAll(line: { running: number; readonly waiting: Submit[] }, key: string): Promise<void> {
    line.running += 1;
    try {
      for (let next = line.waiting.shift(); next; next = line.waiting.shift()) {
        const outcome = this.#options.isWanted(next.pilot) ? await this.#submit(next, key) : notAnyMore;
        this.#options.inbox.put({ submits: [{ pilot: next.pilot, outcome }] });
      }
    } finally {
      line.running -= 1;
    }
  }

  async #submit({ definition, ...decision }: Submit, key: string): Promise<SubmitOutcome> {
    const { directory, ports, lock, limits } = this.#options;
    const system = this.#system(key);
    if (!system) return lostSystem;
    const token = ports.random(16).toString('hex');
    let command: QueueCommand;
    try {
      const request = pilotBatchJob(definition, directory, { ...decision, token }, limits);
      command = system.dialect.submit(request);
      await layOut(directory, request, token);
      // Whoever has been taken for dead meanwhile submits nothing.
      await lock.check();
    } catch (error) {
      return refusalBy(error);
    }
    return system.dialect.submitted(await system.run(command, submitTimeoutSeconds));
  }

  async #askStatus(key: string, ids: readonly string[]): Promise<void> {
    const { ports, inbox, cluster } = this.#options;
    const askedAt = ports.now();
    const outcome = await this.#statusOf(this.#system(key), ids);
    inbox.put({ statuses: [{ system: key, askedAt, outcome: ownOf(cluster, ids, outcome) }] });
  }

  async #statusOf(system: QueueSystem | undefined, ids: readonly string[]): Promise<StatusOutcome> {
    if (!system) return { kind: 'no-news', text: lostSystemText };
    const { dialect, run } = system;
    const user = await system.user();
    if (user === undefined)
      return { kind: 'no-news', text: 'it cannot be found out whose batch jobs to ask for' };
    const namePrefix = `gm-${this.#options.cluster}-`;
    return dialect.statuses(await run(dialect.status({ user, ids, namePrefix }), statusTimeoutSeconds));
  }

  async #askEndings(key: string, ids: readonly string[]): Promise<void> {
    const { ports, inbox } = this.#options;
    const askedAt = ports.now();
    const system = this.#system(key);
    const outcome: StatusOutcome =
      system?.dialect.endings && system.dialect.ended
        ? system.dialect.ended(await system.run(system.dialect.endings(ids), statusTimeoutSeconds))
        : { kind: 'no-news', text: 'it keeps no accounts' };
    inbox.put({ endings: [{ system: key, askedAt, outcome }] });
  }

  async #cancel(
    kind: 'stop-batch-jobs' | 'cancel-batch-jobs',
    key: string,
    ids: readonly string[],
  ): Promise<void> {
    const system = this.#system(key);
    if (!system) return;
    const { dialect, run } = system;
    const command = kind === 'stop-batch-jobs' ? dialect.stop(ids) : dialect.cancel(ids);
    const outcome = dialect.cancelled(await run(command, cancelTimeoutSeconds));
    const trouble = outcome.kind === 'told' ? undefined : outcome.text;
    this.#options.troubles.setOne(`ending batch jobs of ${key}`, kind, trouble);
  }
}

const lostSystemText = 'the definition has this queueing system no more';

const lostSystem: SubmitOutcome = {
  kind: 'refused',
  problem: { kind: 'configuration', text: lostSystemText },
};

const notAnyMore: SubmitOutcome = {
  kind: 'refused',
  problem: { kind: 'transient', text: 'it was sent away before it was submitted' },
};

/** What cannot even be tried: a definition that no script can be made of, or a disk that is full for now. */
function refusalBy(error: unknown): SubmitOutcome {
  if (error instanceof QueueClusterError && error.code === 'LOCKED') throw error;
  const isForGood = error instanceof QueueClusterError && error.code === 'INVALID_DEFINITION';
  const text = oneLine(error instanceof Error ? error.message : String(error));
  return { kind: 'refused', problem: { kind: isForGood ? 'configuration' : 'transient', text } };
}

/** Only what is this cluster's: names of other clusters may begin like its own. */
function ownOf(cluster: string, ids: readonly string[], outcome: StatusOutcome): StatusOutcome {
  if (outcome.kind === 'no-news') return outcome;
  const isOwn = (id: string, name: string | undefined) =>
    name === undefined ? ids.includes(id) : isPilotOf(cluster, name);
  return { ...outcome, batchJobs: outcome.batchJobs.filter(({ id, name }) => isOwn(id, name)) };
}
