/** Amounts of any number of resources by name. */
export type Amounts = Readonly<Record<string, number>>;

/** What the oracle looks at of an agent. */
export interface OracleAgent {
  readonly id: string;
  readonly free: Amounts;
}

/** What the oracle looks at of a task. */
export interface OracleTask {
  readonly id: string;
  readonly wanted: Amounts;
}

const thousandths = (amounts: Amounts): Map<string, number> =>
  new Map(Object.entries(amounts).map(([name, amount]) => [name, Math.round(amount * 1000)]));

/**
 * Where tasks go by best fit when nothing is spared: each in turn looks at every agent and takes, of those with room
 * for it, the one with the fewest cores (`cpus`) left, of these the one with the least memory (`mem`) left, of these
 * the first. Tasks for which there is no room are passed over. Answers the agent of each placed task by its id.
 * Slow, and meant to be obviously right: what is fast is measured by it.
 */
export function bestFitOracle(
  agents: readonly OracleAgent[],
  tasks: readonly OracleTask[],
): Map<string, string> {
  const rooms = agents.map(({ id, free }) => ({ id, free: thousandths(free) }));
  const placed = new Map<string, string>();
  for (const task of tasks) {
    const wanted = thousandths(task.wanted);
    const candidates = rooms.filter(({ free }) =>
      [...wanted].every(([name, amount]) => amount <= (free.get(name) ?? 0)),
    );
    const [best] = candidates.toSorted(
      (a, b) =>
        (a.free.get('cpus') ?? 0) - (b.free.get('cpus') ?? 0) ||
        (a.free.get('mem') ?? 0) - (b.free.get('mem') ?? 0),
    );
    if (!best) continue;
    for (const [name, amount] of wanted) best.free.set(name, (best.free.get(name) ?? 0) - amount);
    placed.set(task.id, best.id);
  }
  return placed;
}
