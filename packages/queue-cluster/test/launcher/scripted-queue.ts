import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  BatchJobReport,
  BatchJobState,
  CancelOutcome,
  Dialect,
  QueueAnswer,
  QueueCommand,
  StatusOutcome,
  SubmitOutcome,
} from '../../src/dialects/dialect.ts';
import type { LauncherPorts } from '../../src/launcher/ports.ts';
import type { RunCommand } from '../../src/launcher/queue-commands.ts';
import { parseOrders } from '../../src/pilot/index.ts';
import type { AgentReport } from '../../src/pools/news.ts';
import { readIfThere, writeAtomically } from '../../src/standing/atomic-file.ts';

/** A batch job of the scripted queue, which runs as soon as it is there and is an agent at once. */
interface Job {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  state: BatchJobState;
  isActive: boolean;
  isGone: boolean;
}

/** What the queue may do with a submit. */
type SubmitScript = 'accept' | 'refuse' | 'swallow answer' | 'hang';

const answer = (value: unknown): QueueAnswer => ({ exitCode: 0, stdout: JSON.stringify(value), stderr: '' });
const hung: QueueAnswer = { exitCode: null, stdout: '', stderr: '' };
const textOf = ({ exitCode, stdout }: QueueAnswer): string | undefined =>
  exitCode === null ? undefined : stdout;

function read<T>(from: QueueAnswer, otherwise: T): T {
  const text = textOf(from);
  return text === undefined ? otherwise : (JSON.parse(text) as T);
}

/** A queueing system, a master and its agents, all in this process, that do as they are told. */
export class ScriptedQueue {
  readonly jobs: Job[] = [];
  readonly commands: QueueCommand[] = [];
  /** Taken off from the front; after that, all is accepted. */
  readonly submitScript: SubmitScript[] = [];
  isHanging = false;
  isMasterAway = false;
  #hanging = new Set<() => void>();
  #time = 1_800_000_000_000;

  readonly dialect: Dialect = {
    name: 'shell',
    title: 'a scripted queue',
    excludesNodes: false,
    render: ({ script }) => script,
    submit: ({ name, directory }) => ({ program: 'submit', arguments: [name, directory] }),
    submitted: (from) => read<SubmitOutcome>(from, { kind: 'unclear', text: 'it has not answered' }),
    status: ({ ids, namePrefix }) => ({ program: 'status', arguments: [namePrefix, ...ids] }),
    statuses: (from) => read<StatusOutcome>(from, { kind: 'no-news', text: 'it has not answered' }),
    stop: (ids) => ({ program: 'stop', arguments: ids }),
    cancel: (ids) => ({ program: 'cancel', arguments: ids }),
    cancelled: (from) => read<CancelOutcome>(from, { kind: 'no-news', text: 'it has not answered' }),
    probes: () => [],
  };

  /** Time passes only where it is waited for, and then at once. */
  readonly ports: Partial<LauncherPorts> = {
    now: () => this.#time,
    wait: async (milliseconds, signal) => {
      if (signal.aborted) return;
      this.#time += milliseconds;
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
    dialectNamed: () => this.dialect,
    run: (command, options) => this.#run(command, options),
    openMaster: () => ({
      agents: async () => {
        if (this.isMasterAway) throw new Error('connection refused');
        await this.#followOrders();
        return this.#live().filter(isPilot).map(agentOf);
      },
      deactivate: async (id) => this.#agent(id, (job) => (job.isActive = false)),
      reactivate: async (id) => this.#agent(id, (job) => (job.isActive = true)),
      drain: async (id) => this.#agent(id, (job) => (job.isActive = false)),
      markGone: async (id) => this.#agent(id, (job) => (job.isGone = true)),
      close: async () => undefined,
    }),
  };

  /** How often each command was run. */
  count(program: string): number {
    return this.commands.filter((command) => command.program === program).length;
  }

  /** Lets all commands that hang end without an answer. */
  release(): void {
    this.isHanging = false;
    for (const end of this.#hanging) end();
  }

  /** A batch job ends as if somebody had taken it out of the queue. */
  remove(name: string): void {
    for (const job of this.jobs) if (job.name === name) job.state = { kind: 'ended', how: 'cancelled' };
  }

  running(): readonly Job[] {
    return this.jobs.filter(({ state }) => state.kind === 'running');
  }

  readonly #run: RunCommand = async (command, { signal }) => {
    this.commands.push(command);
    await this.#followOrders();
    const script = command.program === 'submit' ? (this.submitScript.shift() ?? 'accept') : 'accept';
    if (this.isHanging || script === 'hang') return this.#hang(signal);
    const answers: Readonly<Record<string, () => unknown>> = {
      submit: () => this.#submit(command, script),
      status: () => ({ kind: 'known', batchJobs: this.jobs.filter(isSeen).map(reportOf) }),
      stop: () => this.#end(command.arguments),
      cancel: () => this.#end(command.arguments),
    };
    const outcome = answers[command.program]?.();
    return script === 'swallow answer' ? hung : answer(outcome);
  };

  async #hang(signal: AbortSignal | undefined): Promise<QueueAnswer> {
    await new Promise<void>((resolve) => {
      this.#hanging.add(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
    return hung;
  }

  #submit({ arguments: [name = '', directory = ''] }: QueueCommand, script: SubmitScript): SubmitOutcome {
    if (script === 'refuse')
      return {
        kind: 'refused',
        problem: { kind: 'configuration', text: 'no such queue', advice: 'name another' },
      };
    const id = String(this.jobs.length + 1);
    const state: BatchJobState = { kind: 'running', node: 'n1', startedAt: this.#time };
    const job = { id, name, directory, state, isActive: true, isGone: false };
    this.jobs.push(job);
    // What the script of a master does.
    if (!isPilot(job)) writeFileSync(join(directory, '../../address'), `node${id}:5050\n`);
    return { kind: 'accepted', id };
  }

  #end(ids: readonly string[]): CancelOutcome {
    for (const job of this.jobs) if (ids.includes(job.id)) job.state = { kind: 'ended', how: 'completed' };
    return { kind: 'told' };
  }

  #live(): readonly Job[] {
    return this.running().filter(({ isGone }) => !isGone);
  }

  #agent(id: string, change: (job: Job) => void): void {
    for (const job of this.jobs) if (agentOf(job).agentId === id) change(job);
  }

  /** What a pilot does when its orders say stop. */
  async #followOrders(): Promise<void> {
    for (const job of this.running().filter(isPilot)) {
      const orders = parseOrders((await readIfThere(join(job.directory, 'orders'))) ?? '');
      if (orders && !orders.stop) continue;
      job.state = { kind: 'ended', how: 'completed', exitCode: 0 };
      const ended = `ended=${orders ? 'stopped' : 'revoked'}\n`;
      if (orders) await writeAtomically(join(job.directory, 'facts'), ended);
    }
  }
}

const isPilot = ({ name }: Job): boolean => !name.includes('-_master-');
const isSeen = ({ state }: Job): boolean => state.kind !== 'ended';
const reportOf = ({ id, name, state }: Job): BatchJobReport => ({ id, name, state });

const agentOf = ({ id, name, isActive }: Job): AgentReport => ({
  agentId: `agent-${id}`,
  pilot: name,
  isConnected: true,
  isActive,
  isDraining: false,
  tasks: 0,
});
