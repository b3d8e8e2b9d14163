import type { Cluster } from '../cluster/cluster.ts';
import type { AgentEntry } from '../cluster/cluster-agents.ts';
import { type Amounts, addAmounts, amountsOf, withTenancy, withTenants } from '../fairness/amounts.ts';
import type { OccupiedAgent } from '../fairness/when-fits.ts';
import type { AgentId } from '../model/agent.ts';
import type { AttemptId } from '../model/task.ts';
import type { PreemptibleAttempt } from '../preemption/choose-preemption.ts';
import type { Occupant } from './occupants.ts';

/** An attempt that is out, as those see it who may want its place. */
export interface RunningAttempt {
  readonly attemptId: AttemptId;
  readonly occupant: Occupant;
  readonly amounts: Amounts;
  readonly priority: number;
  /** Milliseconds on the clock of `now`; undefined: nobody knows. */
  readonly expectedEnd: number | undefined;
  /** Milliseconds on the clock of `now`: when the matcher heard of it. */
  readonly startedAt: number;
  isEnding: boolean;
}

/** The attempts that are out, by agent. */
export class AgentAttempts {
  readonly #attempts = new Map<AttemptId, RunningAttempt>();
  readonly #byAgent = new Map<AgentId, Set<RunningAttempt>>();

  add(attempt: RunningAttempt): void {
    const { agentId } = attempt.occupant;
    this.#attempts.set(attempt.attemptId, attempt);
    const others = this.#byAgent.get(agentId);
    if (others) others.add(attempt);
    else this.#byAgent.set(agentId, new Set([attempt]));
  }

  get(attemptId: AttemptId): RunningAttempt | undefined {
    return this.#attempts.get(attemptId);
  }

  /** Takes one out; undefined if it is not there. */
  remove(attemptId: AttemptId): RunningAttempt | undefined {
    const attempt = this.#attempts.get(attemptId);
    if (!attempt) return undefined;
    const { agentId } = attempt.occupant;
    this.#attempts.delete(attemptId);
    const others = this.#byAgent.get(agentId);
    others?.delete(attempt);
    if (others?.size === 0) this.#byAgent.delete(agentId);
    return attempt;
  }

  on(agentId: AgentId): Iterable<RunningAttempt> {
    return this.#byAgent.get(agentId) ?? [];
  }

  countOn(agentId: AgentId): number {
    return this.#byAgent.get(agentId)?.size ?? 0;
  }
}

/** What an agent holds out, for whatever role, and what it would if it held out what is nobody's. */
function freeOn(cluster: Cluster, agent: AgentEntry, running: Iterable<RunningAttempt>): number[] {
  const offered = [0, 0, 0, 0];
  const { table } = cluster;
  const slots = table.slotsOf(agent).filter(({ offers }) => offers.length > 0);
  for (const { number } of slots) {
    const { cpus, mem, disk } = table.any;
    addAmounts(
      offered,
      [cpus, mem, disk, table.gpus].map((column) => column[number] as number),
    );
  }
  if (slots.length > 0) return offered;
  // It was declined, or is with others for a moment: what no attempt has will come back.
  const free = amountsOf(agent.total ?? agent.seen);
  for (const { amounts } of running) addAmounts(free, amounts, -1);
  return free.map((amount) => Math.max(amount, 0));
}

/** An agent with what is free and what runs there. `aboveFair` says how far an occupant's user is above its share. */
export function occupiedAgent(
  cluster: Cluster,
  agent: AgentEntry,
  attempts: AgentAttempts,
  aboveFair: (occupant: Occupant) => number,
): OccupiedAgent & { readonly attempts: readonly PreemptibleAttempt[] } {
  const { id } = agent.facts;
  const running = [...attempts.on(id)];
  return {
    id,
    free: withTenants(freeOn(cluster, agent, running), running.length),
    ...(agent.total && { total: withTenancy(amountsOf(agent.total)) }),
    attempts: running.map((attempt) => ({
      id: attempt.attemptId,
      resources: withTenancy(attempt.amounts),
      expectedEnd: attempt.expectedEnd,
      priority: attempt.priority,
      startedAt: attempt.startedAt,
      aboveFair: aboveFair(attempt.occupant),
      isEnding: attempt.isEnding,
    })),
  };
}
