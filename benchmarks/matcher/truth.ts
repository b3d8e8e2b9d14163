import type { Mix, MixAgent, MixTask } from './mix.ts';

const thousandths = (amount: number): number => Math.round(amount * 1000);

/** What is true of the cluster, whatever a contender believes: refuses a placement that the agent has no room for. */
export class Truth {
  readonly #agents = new Map<string, { readonly agent: MixAgent; cpus: number; mem: number }>();
  readonly #tasks: ReadonlyMap<string, MixTask>;
  readonly #agentOf = new Map<string, string>();
  #cores = 0;
  #coresUsed = 0;

  constructor(mix: Mix) {
    for (const agent of mix.agents) {
      this.#agents.set(agent.id, { agent, cpus: thousandths(agent.cpus), mem: thousandths(agent.mem) });
      this.#cores += agent.cpus;
    }
    this.#tasks = new Map(mix.tasks.map((task) => [task.id, task]));
  }

  /** @throws Error if the agent has no room for it, or the task is somewhere already. */
  place(taskId: string, agentId: string): void {
    const [room, task] = [this.#agents.get(agentId), this.#tasks.get(taskId)];
    if (!room || !task) throw new Error(`${taskId} was put on ${agentId}: one of them was never heard of`);
    if (this.#agentOf.has(taskId)) throw new Error(`${taskId} was placed twice`);
    room.cpus -= thousandths(task.cpus);
    room.mem -= thousandths(task.mem);
    if (room.cpus < 0 || room.mem < 0) throw new Error(`${agentId} has no room for ${taskId}`);
    if (task.rule.startsWith('rack:') && task.rule !== `rack:${room.agent.rack}`)
      throw new Error(`${taskId} was to be on ${task.rule}, and is on ${agentId} of ${room.agent.rack}`);
    this.#agentOf.set(taskId, agentId);
    this.#coresUsed += task.cpus;
  }

  /** A task has ended; answers the agent that it was on. */
  end(taskId: string): string {
    const [agentId = '', task] = [this.#agentOf.get(taskId), this.#tasks.get(taskId)];
    const room = this.#agents.get(agentId);
    if (!room || !task) throw new Error(`${taskId} has ended and was nowhere`);
    room.cpus += thousandths(task.cpus);
    room.mem += thousandths(task.mem);
    this.#agentOf.delete(taskId);
    this.#coresUsed -= task.cpus;
    return agentId;
  }

  agentOf(taskId: string): string | undefined {
    return this.#agentOf.get(taskId);
  }

  free(agentId: string): { readonly cpus: number; readonly mem: number } {
    const { cpus = 0, mem = 0 } = this.#agents.get(agentId) ?? {};
    return { cpus: cpus / 1000, mem: mem / 1000 };
  }

  get placed(): number {
    return this.#agentOf.size;
  }

  /** The share of all cores that is in use, from 0 to 1. */
  get fill(): number {
    return this.#coresUsed / this.#cores;
  }

  /** @throws Error if tasks of a job are not where its rule wants them. To be called when no job is half placed. */
  checkJobs(): void {
    for (const tasks of Map.groupBy(this.#tasks.values(), ({ job }) => job).values()) {
      const agents = tasks.flatMap(({ id }) => this.#agents.get(this.#agentOf.get(id) ?? '')?.agent ?? []);
      const [{ rule, job } = { rule: 'none', job: '' }] = tasks;
      if (rule === 'unique' && new Set(agents.map(({ id }) => id)).size < agents.length)
        throw new Error(`two tasks of ${job} are on one agent`);
      if (rule.startsWith('spread:')) checkSpread(job, agents, Number(rule.split(':')[1]));
    }
  }
}

function checkSpread(job: string, agents: readonly MixAgent[], zones: number): void {
  const counts = [...Map.groupBy(agents, ({ zone }) => zone).values()].map(({ length }) => length);
  const fewest = counts.length < zones ? 0 : Math.min(...counts);
  if (Math.max(0, ...counts) - fewest > 1)
    throw new Error(`${job} is uneven: ${counts.join(', ')} in its zones`);
}
