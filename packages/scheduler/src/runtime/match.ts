import { fitsInto, type Resources, subtractResources } from '../model/resources.ts';
import type { TaskId } from '../model/task.ts';
import type { Offer } from '../ports/driver.ts';

/** A task that waits; of two, the one with the lower sequence number came first. */
export interface WaitingTask {
  readonly id: TaskId;
  readonly sequence: number;
}

/** The waiting tasks that ask for the same, first come first. If one of them fits nowhere, none does. */
export interface DemandClass {
  readonly resources: Resources;
  readonly tasks: readonly WaitingTask[];
}

/** Tasks to be launched with one offer. */
export interface Placement {
  readonly offer: Offer;
  readonly taskIds: readonly TaskId[];
}

/** What {@link matchOffers} decided. */
export interface Match {
  /** One for each offer that is used, in the order of the offers. */
  readonly placements: readonly Placement[];
  readonly unusedOffers: readonly Offer[];
  /** The classes of which at least one task found no room. */
  readonly unplaced: readonly DemandClass[];
}

interface Room {
  readonly offer: Offer;
  free: Resources;
  readonly taskIds: TaskId[];
}

const roomiest = (rooms: readonly Room[], wanted: Resources): Room | undefined => {
  let best: Room | undefined;
  for (const room of rooms) {
    if (fitsInto(wanted, room.free) && (!best || room.free.cpus > best.free.cpus)) best = room;
  }
  return best;
};

/**
 * Decides which task takes which offer: tasks in the order in which they came, each on the offer with the most
 * cores left, so that work spreads over agents; a task that fits nowhere lets smaller ones pass. The cost
 * grows with the number of classes and of placements, not with the number of tasks that wait.
 */
export function matchOffers(classes: readonly DemandClass[], offers: readonly Offer[]): Match {
  const rooms: Room[] = offers.map((offer) => ({ offer, free: offer.resources, taskIds: [] }));
  const open = classes.map((demand) => ({ demand, next: 0 }));
  const unplaced: DemandClass[] = [];
  for (;;) {
    let first: (typeof open)[number] | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const candidate of open) {
      const sequence = candidate.demand.tasks[candidate.next]?.sequence ?? Number.POSITIVE_INFINITY;
      if (sequence < lowest) [first, lowest] = [candidate, sequence];
    }
    const task = first?.demand.tasks[first.next];
    if (!first || !task) break;
    const room = roomiest(rooms, first.demand.resources);
    if (room) {
      room.taskIds.push(task.id);
      room.free = subtractResources(room.free, first.demand.resources);
      first.next++;
    } else {
      unplaced.push(first.demand);
      open.splice(open.indexOf(first), 1);
    }
  }
  return {
    placements: rooms.filter((room) => room.taskIds.length > 0),
    unusedOffers: rooms.filter((room) => room.taskIds.length === 0).map((room) => room.offer),
    unplaced,
  };
}
