import type { ClusterDefinition, ClusterView, PilotView, PoolView } from '@galaxy-mesos/queue-cluster';
import { problemsOf, troublesOf } from './status-text.ts';

/** How far a cluster has come that somebody waits for. */
export interface Arrival {
  /** `stuck`: what is missing does not come before somebody does something. */
  readonly kind: 'ready' | 'coming' | 'stuck';
  /** One line that tells how far it is. */
  readonly line: string;
  /** Why agents are missing, and what to do. */
  readonly troubles: readonly string[];
}

/** Compares how a cluster stands with the agents that it is to begin with. */
export function arrivalOf(
  view: ClusterView | undefined,
  definition: ClusterDefinition,
  now: number,
): Arrival {
  if (!view) return { kind: 'coming', line: 'its launcher starts', troubles: [] };
  const { master, pools } = view;
  const wanted = Object.values(definition.pools).reduce((sum, { agents }) => sum + agents, 0);
  const unseen = new Set(view.pilots.filter(isUnseen));
  const thereOf = ({ name, phases }: PoolView): number =>
    phases.registered - [...unseen].filter(({ pool }) => pool === name).length;
  const registered = pools.reduce((sum, pool) => sum + thereOf(pool), 0);
  const lacking = pools.filter((pool) => thereOf(pool) < (definition.pools[pool.name]?.agents ?? 0));
  const missing = Object.keys(definition.pools).find((known) => !pools.some(({ name }) => name === known));
  if (missing !== undefined) {
    return { kind: 'coming', line: `its launcher has not heard of the pool ${missing} yet`, troubles: [] };
  }
  const troubles = [...lacking.flatMap((pool) => troublesOf(pool, now)), ...problemsOf(view)];
  const line =
    master.state === 'up'
      ? agentsLine(registered, wanted, unseen.size, lacking)
      : `its master is ${master.state}`;
  if (master.state === 'up' && lacking.length === 0) return { kind: 'ready', line, troubles };
  const hasNoMaster = master.state !== 'up' && master.isStuck === true;
  const isStuck = hasNoMaster || (lacking.length > 0 && lacking.every(needsSomebody));
  return { kind: isStuck ? 'stuck' : 'coming', line, troubles };
}

/** Its agent has registered once, and the master has not been heard to have it: after a crash it may be gone. */
const isUnseen = ({ phase, tasks }: PilotView): boolean => phase === 'registered' && tasks === undefined;

/** Whether not one batch job can be had, since no queue answers. */
export const isWithoutQueue = ({ pools, systems }: ClusterView): boolean =>
  systems.length > 0 &&
  systems.every(({ trouble }) => trouble !== undefined) &&
  pools.every(({ phases }) => phases.registered + phases.started + phases.queued === 0);

/** Whether there is nothing of a cluster: without a master pilots are of no use, unless one only waits for its turn. */
export function hasNothing(view: ClusterView | undefined): boolean {
  if (!view) return true;
  const { master, pools } = view;
  if (master.state === 'starting') return master.isQueued !== true;
  return pools.every(({ phases }) => phases.registered + phases.started + phases.queued === 0);
}

function agentsLine(
  registered: number,
  wanted: number,
  unseen: number,
  lacking: readonly PoolView[],
): string {
  const count = (phase: keyof PoolView['phases']) =>
    lacking.reduce((sum, { phases }) => sum + phases[phase], 0);
  const [queued, started] = [count('intended') + count('queued'), count('started')];
  if (wanted === 0) return 'its master is up; agents come with the work';
  const agents = `${registered} of ${wanted} agents have registered`;
  if (lacking.length === 0) return agents;
  const back = unseen === 0 ? '' : `, ${unseen} have not come back yet`;
  return `${agents}, ${started} start, ${queued} are in the queue${back}`;
}

/** Nothing of the pool can come by itself. */
function needsSomebody({ paused, phases, waits }: PoolView): boolean {
  const coming = phases.intended + phases.queued + phases.started;
  if (coming === 0) return paused !== undefined;
  const stuck = waits.reduce((sum, { isStuck, count }) => sum + (isStuck ? count : 0), 0);
  return stuck >= coming;
}
