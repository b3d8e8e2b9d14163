import { createHash } from 'node:crypto';
import type { ClusterDefinition, PoolDefinition } from './definition.ts';

/**
 * What tells the pilots of one definition from those of another: the same for pools whose batch jobs are the same but for
 * their names. How many there are of them, and when they get no more work, is the launcher's affair.
 */
export function fingerprintOf(definition: ClusterDefinition, pool: PoolDefinition): string {
  const { agents, min, max, backlog, idleSeconds, keepAliveSeconds, softMarginSeconds, ...batchJob } = pool;
  const { programs, agentFlags, agentAddress } = definition;
  const { agent, launcherDirectory } = programs;
  const text = JSON.stringify({ batchJob, agent, launcherDirectory, agentFlags, agentAddress }, sorted);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** In which order somebody has said it makes no difference. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
