import type { ClusterDefinition } from '../definition/definition.ts';
import { fingerprintOf } from '../definition/fingerprint.ts';
import { offeredMemMb } from '../definition/offered-memory.ts';
import type { ClusterSetting, PoolSetting, Timing } from '../pools/setting.ts';
import { agentAttributes } from './agent-attributes.ts';
import { type QueueSystem, systemKey } from './systems.ts';

/** A cluster as the core of the pools sees it. */
export function settingOf(
  definition: ClusterDefinition,
  systems: Iterable<QueueSystem>,
  timing: Partial<Timing> | undefined,
): ClusterSetting {
  const pools = Object.entries(definition.pools).map(([name, pool]): PoolSetting => {
    const { scratch: _scratch, ...rest } = pool;
    const attributes = agentAttributes(definition.name, name, pool);
    const fingerprint = fingerprintOf(definition, pool);
    return { ...rest, fingerprint, attributes, memMb: offeredMemMb(pool), name, system: systemKey(pool) };
  });
  const doors = [...systems].map(({ key, dialect }) => {
    const keepsAccounts = dialect.endings !== undefined;
    return { key, excludesNodes: dialect.excludesNodes, keepsAccounts };
  });
  const ownsMaster = definition.master.kind !== 'existing';
  return { pools, systems: doors, ownsMaster, ...(timing && { timing }) };
}
