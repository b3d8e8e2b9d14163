import type { TagCounts } from '../constraints/index.ts';
import type { AgentTable } from './agent-table.ts';
import type { ClusterAgents } from './cluster-agents.ts';

/** All that matching knows of the cluster: who is there, what is free, and where tagged tasks are. */
export interface Cluster {
  readonly agents: ClusterAgents;
  readonly table: AgentTable;
  readonly counts: TagCounts;
}
