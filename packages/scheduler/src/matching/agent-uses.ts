import type { Cluster } from '../cluster/cluster.ts';
import type { AgentId } from '../model/agent.ts';
import type { Resources } from '../model/resources.ts';
import type { AgentAttempts } from './agent-attempts.ts';

/** Cores, MiB of memory and disk, and graphics processors. */
export interface AgentAmounts extends Resources {
  readonly gpus: number;
}

/** An agent of the cluster, and what this scheduler's attempts use of it. */
export interface AgentStatus {
  readonly id: AgentId;
  readonly hostname: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent where the cluster does not tell. */
  readonly total?: AgentAmounts;
  readonly used: AgentAmounts;
  /** How many attempts are out there. */
  readonly attempts: number;
  /** For how long nothing is put there, because too much has failed there. */
  readonly avoidedSeconds?: number;
}

/** All agents that are known, in the order in which they became so. */
export function agentUses({ agents }: Cluster, attempts: AgentAttempts): AgentStatus[] {
  return [...agents.all].map(({ facts: { id, hostname, attributes }, total }) => ({
    id,
    hostname,
    attributes,
    ...(total && { total: { cpus: total.cpus, mem: total.mem, disk: total.disk, gpus: total.gpus ?? 0 } }),
    used: usedOn(id, attempts),
    attempts: attempts.countOn(id),
  }));
}

function usedOn(agentId: AgentId, attempts: AgentAttempts): AgentAmounts {
  const used = { cpus: 0, mem: 0, disk: 0, gpus: 0 };
  for (const { occupant } of attempts.on(agentId)) {
    const { cpus, mem, disk, gpus = 0 } = occupant.resources;
    used.cpus += cpus;
    used.mem += mem;
    used.disk += disk;
    used.gpus += gpus;
  }
  const round = (amount: number): number => Math.round(amount * 1000) / 1000;
  return { cpus: round(used.cpus), mem: round(used.mem), disk: round(used.disk), gpus: used.gpus };
}
