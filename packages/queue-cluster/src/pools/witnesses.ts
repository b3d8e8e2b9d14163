import type { Pilot } from './ledger.ts';
import { isEarlier } from './shape.ts';
import type { Tick } from './tick.ts';

/** Tasks that wait are put on an agent with room for them within seconds; what takes this long does not come. */
export const untakenMs = 60_000;
/** An agent that could take a task has got one after this. */
export const offerMs = 30_000;

/** What the pilots of a pool show of demand that waits. */
export interface Witnesses {
  /** Those that have been idle for a minute. */
  readonly idle: Witness[];
  /** Which of those came last that have never had a task, and could have had one by now. */
  unused?: { readonly registeredAt: number; readonly leftMs: number; readonly livedMs: number };
  /** How many tasks all of them have. */
  tasks: number;
  /** How many there are of which nothing is known yet. */
  coming: number;
  /** Where their agents are. */
  readonly nodes: Set<string>;
}

interface Witness {
  readonly node: string;
  /** How long a task may take that is put there now. */
  readonly leftMs: number;
}

/** Looks at all pilots that are to stay, by pool. */
export function witnessesOf(tick: Tick): ReadonlyMap<string, Witnesses> {
  const all = new Map<string, Witnesses>(
    tick.setting.pools.map(({ name }) => [name, { idle: [], tasks: 0, coming: 0, nodes: new Set() }]),
  );
  for (const pilot of tick.ledger.pilots.values()) {
    const witnesses = all.get(pilot.pool);
    if (witnesses === undefined || pilot.ended !== undefined || pilot.leaving !== undefined) {
      continue;
    }
    if (pilot.registeredAt === undefined) {
      witnesses.coming += 1;
    } else {
      question(tick, pilot, pilot.registeredAt, witnesses);
    }
  }
  return all;
}

function question(tick: Tick, pilot: Pilot, registeredAt: number, witnesses: Witnesses): void {
  const { agent, idleSince, isSuspended } = tick.sightOf(pilot.name);
  const { name, host = name, node = host } = pilot;
  witnesses.tasks += agent?.tasks ?? 0;
  witnesses.nodes.add(node);
  // What takes no tasks, or is stopped by the queue for a while, proves nothing; of new pilots, earlier ones do not.
  const isWitness = agent?.isActive === true && isSuspended !== true && !isEarlier(tick, pilot);
  if (!isWitness || idleSince === undefined) {
    return;
  }
  const idleMs = tick.now - Math.max(idleSince, tick.rest.master?.since ?? 0);
  const leftMs = leftMsOf(pilot, tick.now);
  if (idleMs >= untakenMs) {
    witnesses.idle.push({ node, leftMs });
  }
  const isLast = registeredAt > (witnesses.unused?.registeredAt ?? 0);
  if (idleMs >= offerMs && idleSince <= registeredAt && isLast) {
    witnesses.unused = { registeredAt, leftMs, livedMs: leftMsOf(pilot, registeredAt) };
  }
}

/** How long a task may take that is put on a pilot at a moment. */
export function leftMsOf({ shape, endsAt }: Pilot, at: number): number {
  return (endsAt ?? Number.POSITIVE_INFINITY) - shape.hardMarginSeconds * 1000 - at;
}

/** So many nodes are not idle by faults of their own, beside others that work. */
const believableNodes = 3;

/**
 * Whether idle pilots show that a pool's are not used for tasks that take so long: all of it by `sure`; by `likely` that
 * no more should be asked for until others have come. One that is idle may be so by a fault of its own, or of its node.
 */
export function idleness(
  { idle, tasks, coming, nodes }: Witnesses,
  longestMs: number,
): 'sure' | 'likely' | undefined {
  const idleNodes = new Set(idle.filter(({ leftMs }) => leftMs >= longestMs).map(({ node }) => node));
  if (idleNodes.size === 0) {
    return undefined;
  }
  if (tasks > 0) {
    return idleNodes.size >= Math.min(believableNodes, nodes.size) ? 'sure' : undefined;
  }
  return idleNodes.size > 1 || coming === 0 ? 'sure' : 'likely';
}
