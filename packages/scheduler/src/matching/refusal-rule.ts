import type { Cluster } from '../cluster/cluster.ts';
import type { AgentEntry } from '../cluster/cluster-agents.ts';
import type { Slot } from '../cluster/slot.ts';
import type { Shape } from './demand-classes.ts';
import type { Refusal } from './match-decisions.ts';

/** Nothing waits; `revive` lifts it as soon as something does. */
const idleSeconds = 3600;
/** Nothing that waits may ever use this agent; what is submitted later may, and lifts it by `revive`. */
const unsuitableSeconds = 600;
/** The agent is kept for somebody who waits for a little more room there. */
const keptSeconds = 1;
/** Something waits that could use the agent: what frees up elsewhere, or a quota, may make the difference any time. */
const shortestSeconds = 5;
/** Offers that come in vain again and again are asked for ever more seldom; an agent that has more is offered at once. */
const longestSeconds = 120;
/** The question whether an agent suits anything that waits is put to so many shapes; with more, one of them will. */
const mostShapesAsked = 32;

/** For how long offers that are given back are not wanted: longer, the less use there is in seeing them again. */
export class RefusalRule {
  /** What was counted in earlier ones does not count. */
  #epoch = 0;

  /** The agent's offers were of use. */
  used(agent: AgentEntry): void {
    agent.inVain = 0;
  }

  /** Something changed, so that offers that were of no use may be now. */
  reset(): void {
    this.#epoch++;
  }

  /** Gives back all that slots hold out, and empties them. */
  refuse(slots: Iterable<Slot>, shapes: Iterable<Shape>, isAnyWaiting: boolean, cluster: Cluster): Refusal[] {
    const asked = [...take(shapes, mostShapesAsked + 1)];
    const byTime = new Map<number, string[]>();
    for (const slot of slots) {
      if (slot.offers.length === 0) continue;
      const seconds = isAnyWaiting ? this.#secondsFor(slot, asked) : idleSeconds;
      const ids = byTime.get(seconds) ?? [];
      if (ids.length === 0) byTime.set(seconds, ids);
      for (const { id } of slot.offers) ids.push(id);
      cluster.table.giveUp(slot);
    }
    return [...byTime].map(([refuseSeconds, offerIds]) => ({ offerIds, refuseSeconds }));
  }

  #secondsFor({ agent, role }: Slot, shapes: readonly Shape[]): number {
    // Its room is being made or waited for: it is offered again as soon as there is more.
    if (agent.kept) return keptSeconds;
    const isSuitable =
      shapes.length === 0 ||
      shapes.length > mostShapesAsked ||
      shapes.some(
        (shape) =>
          (shape.role === undefined || shape.role === (role ?? '*')) &&
          (shape.terms?.filter?.allows(agent) ?? true),
      );
    if (!isSuitable) return unsuitableSeconds;
    if (agent.inVainEpoch !== this.#epoch) {
      agent.inVainEpoch = this.#epoch;
      agent.inVain = 0;
    }
    return Math.min(shortestSeconds * 2 ** agent.inVain++, longestSeconds);
  }
}

function* take<Item>(items: Iterable<Item>, most: number): IterableIterator<Item> {
  let count = 0;
  for (const item of items) {
    if (count++ === most) return;
    yield item;
  }
}
