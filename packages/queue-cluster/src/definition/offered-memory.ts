import type { PoolDefinition } from './definition.ts';

/** How much of its memory, in mebibytes, a pilot of the pool offers to tasks, if the queue gives what it is asked for. */
export const offeredMemMb = ({ memMb, agentMemMb }: Pick<PoolDefinition, 'memMb' | 'agentMemMb'>): number =>
  Math.max(1, memMb - agentMemMb);
