import { type Amounts, addAmounts } from '../fairness/amounts.ts';
import { Heap } from '../fairness/heap.ts';
import { type Fit, fitsSooner, type OccupiedAgent, whenFits } from '../fairness/when-fits.ts';
import type { AgentId } from '../model/agent.ts';

/** What is to be kept of one agent for members of a gang. */
export interface HoardedAgent {
  readonly agentId: AgentId;
  /** Of all members together that are to run there. */
  readonly wanted: Amounts;
  /** Their places in the list of members. */
  readonly members: readonly number[];
  readonly fit: Fit;
}

interface Prospect {
  readonly agentId: AgentId;
  readonly agent: OccupiedAgent;
  /** With one member more. */
  readonly fit: Fit;
}

interface Shape {
  readonly wanted: Amounts;
  readonly members: number[];
}

const coresOf = (wanted: Amounts): number => wanted[0] ?? 0;

const sum = (a: Amounts | undefined, b: Amounts): number[] => {
  const both = Array.from(b);
  if (a) addAmounts(both, a);
  return both;
};

/** The members by what they ask for; those with most cores first, since they are the hardest to find room for. */
const shapesOf = (members: readonly Amounts[]): readonly Shape[] => {
  const shapes = new Map<string, Shape>();
  for (const [index, wanted] of members.entries()) {
    const key = Array.from(wanted).join(' ');
    const alike = shapes.get(key);
    if (alike) alike.members.push(index);
    else shapes.set(key, { wanted, members: [index] });
  }
  return [...shapes.values()].sort((a, b) => coresOf(b.wanted) - coresOf(a.wanted));
};

/**
 * Chooses the agents on which the members of a gang will fit soonest, each with so many of them that all fit at the same
 * time. As many members are provided for as `maximumCores` (thousandths) and the agents allow; the others must find room
 * when the gang starts.
 */
export function chooseHoard(
  members: readonly Amounts[],
  agents: readonly OccupiedAgent[],
  maximumCores: number,
  now: number,
): readonly HoardedAgent[] {
  const hoard = new Map<AgentId, HoardedAgent>();
  let cores = maximumCores;
  for (const shape of shapesOf(members)) {
    const cost = coresOf(shape.wanted);
    const affordable = cost > 0 ? Math.floor(cores / cost) : shape.members.length;
    const provided = provide(
      { ...shape, members: shape.members.slice(0, Math.max(affordable, 0)) },
      agents,
      hoard,
      now,
    );
    cores -= provided * cost;
  }
  return [...hoard.values()];
}

/** Finds agents for the members of one shape; tells for how many it did. */
function provide(
  { wanted, members }: Shape,
  agents: readonly OccupiedAgent[],
  hoard: Map<AgentId, HoardedAgent>,
  now: number,
): number {
  if (members.length === 0) return 0;
  const prospect = (agent: OccupiedAgent): Prospect | undefined => {
    const fit = whenFits(sum(hoard.get(agent.id)?.wanted, wanted), agent, now);
    return fit && { agentId: agent.id, agent, fit };
  };
  const prospects = new Heap<Prospect>(
    fitsSooner,
    agents.map(prospect).filter((found) => found !== undefined),
  );
  for (const [provided, member] of members.entries()) {
    const best = prospects.peek();
    if (!best) return provided;
    const { agentId, fit } = best;
    const before = hoard.get(agentId);
    hoard.set(agentId, {
      agentId,
      wanted: sum(before?.wanted, wanted),
      members: [...(before?.members ?? []), member],
      fit,
    });
    const again = prospect(best.agent);
    if (again) prospects.replaceFirst(again);
    else prospects.pop();
  }
  return members.length;
}
