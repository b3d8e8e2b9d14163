import type { AgentResources, AssignedResources, OfferedDisk } from '../model/amounts.ts';
import { type ResourceName, resourceNames, thousandths } from '../model/resources.ts';
import type { Demand } from './demand.ts';
import { PortPool } from './port-pool.ts';

/** What was taken of a slot beyond what its columns tell; needed to give it back. */
export interface TakenSpecials {
  readonly assigned: AssignedResources | undefined;
  readonly disks: readonly OfferedDisk[];
  /** For each {@link Reservation} of the slot and each of its amounts, what came out of it, in thousandths. */
  readonly reserved: readonly Amounts[];
}

type Amounts = Record<ResourceName, number>;

interface Reservation {
  readonly labels: Readonly<Record<string, string>>;
  readonly free: Amounts;
}

const nothing = (): Amounts => ({ cpus: 0, mem: 0, disk: 0 });

const bears = (labels: Readonly<Record<string, string>>, wanted: Demand['labels']): boolean =>
  Object.entries(wanted ?? {}).every(([name, value]) => labels[name] === value);

function assignedOf(
  ports: readonly number[] | undefined,
  disks: readonly OfferedDisk[],
): AssignedResources | undefined {
  if (!ports && disks.length === 0) return undefined;
  return { ...(ports && { ports }), ...(disks.length > 0 && { disks: disks.map(({ id }) => id) }) };
}

/**
 * What of a slot cannot be told in columns of numbers: ports, sets, volumes, whole disks, and which part of the
 * amounts is reserved. Most slots have none of it or are never asked for it, so that it stays out of the hot path.
 */
export class SlotSpecials {
  readonly #ports = new PortPool();
  readonly #sets = new Map<string, Set<string>>();
  /** By persistence id: whether it is shared. Those in use by a task that has it for itself are not here. */
  readonly #volumes = new Map<string, boolean>();
  /** The smallest first. */
  #disks: OfferedDisk[] = [];
  readonly #reservations: Reservation[] = [];

  /** Whether part of the amounts is reserved. */
  get anyReserved(): boolean {
    return this.#reservations.length > 0;
  }

  add(resources: AgentResources): void {
    if (resources.ports) this.#ports.add(resources.ports);
    for (const [name, items] of Object.entries(resources.sets ?? {})) {
      this.#sets.set(name, (this.#sets.get(name) ?? new Set()).union(new Set(items)));
    }
    for (const { persistenceId, shared } of resources.volumes ?? []) this.#volumes.set(persistenceId, shared);
    this.#addDisks(resources.disks ?? []);
    for (const { labels, resources: amounts } of resources.reserved ?? []) {
      const free = nothing();
      for (const name of resourceNames) free[name] = thousandths(amounts[name]);
      this.#reservations.push({ labels, free });
    }
  }

  /** What of an amount is reserved and free, in thousandths. */
  reserved(name: ResourceName, labels?: Demand['labels']): number {
    let sum = 0;
    for (const reservation of this.#reservations) {
      if (bears(reservation.labels, labels)) sum += reservation.free[name];
    }
    return sum;
  }

  /** Whether all is there that the columns do not tell. */
  fits(demand: Demand): boolean {
    const { ports, sets, volumes } = demand.resources;
    if (ports && !this.#ports.has(ports.fixed ?? [], ports.any ?? 0)) return false;
    for (const [name, items] of Object.entries(sets ?? {})) {
      const free = this.#sets.get(name);
      // Two tasks of a group may ask for the same.
      if (new Set(items).size < items.length || !items.every((item) => free?.has(item))) return false;
    }
    if (volumes && !this.#hasVolumes(volumes.map(({ persistenceId }) => persistenceId))) return false;
    if (!this.#chooseDisks(demand)) return false;
    const { labels } = demand;
    return labels === undefined || resourceNames.every((name) => this.reserved(name, labels) >= demand[name]);
  }

  /** To be called only if {@link fits} says so. */
  take(demand: Demand): TakenSpecials {
    const { ports, sets, volumes } = demand.resources;
    const portNumbers = ports && this.#ports.take(ports.fixed ?? [], ports.any ?? 0);
    for (const [name, items] of Object.entries(sets ?? {})) {
      for (const item of items) this.#sets.get(name)?.delete(item);
    }
    for (const { persistenceId } of volumes ?? []) {
      if (this.#volumes.get(persistenceId) === false) this.#volumes.delete(persistenceId);
    }
    const disks = this.#chooseDisks(demand) ?? [];
    this.#disks = this.#disks.filter((disk) => !disks.includes(disk));
    const reserved = demand.pool === 'any' ? this.#takeReserved(demand) : [];
    return { assigned: assignedOf(portNumbers, disks), disks, reserved };
  }

  giveBack(demand: Demand, taken: TakenSpecials): void {
    if (taken.assigned?.ports) this.#ports.giveBack(taken.assigned.ports);
    for (const [name, items] of Object.entries(demand.resources.sets ?? {})) {
      for (const item of items) this.#sets.get(name)?.add(item);
    }
    for (const { persistenceId } of demand.resources.volumes ?? []) {
      if (!this.#volumes.has(persistenceId)) this.#volumes.set(persistenceId, false);
    }
    this.#addDisks(taken.disks);
    for (const [index, amounts] of taken.reserved.entries()) {
      const free = this.#reservations[index]?.free;
      if (free) for (const name of resourceNames) free[name] += amounts[name];
    }
  }

  /** One that is not shared can be asked for once only. */
  #hasVolumes(persistenceIds: readonly string[]): boolean {
    return persistenceIds.every((id, index) => {
      const shared = this.#volumes.get(id);
      return shared === true || (shared === false && persistenceIds.indexOf(id) === index);
    });
  }

  #addDisks(disks: readonly OfferedDisk[]): void {
    const known = new Set(this.#disks.map(({ id }) => id));
    // Whatever two offers say: there is but one of a name, as of a port.
    const added = disks.filter(({ id }) => !known.has(id));
    if (added.length > 0) this.#disks = [...this.#disks, ...added].sort((a, b) => a.size - b.size);
  }

  /** A disk for each demand, in the order of the demands: the largest demand chooses first, the smallest that will do. */
  #chooseDisks(demand: Demand): OfferedDisk[] | undefined {
    const wanted = demand.resources.disks ?? [];
    const chosen: OfferedDisk[] = [];
    const left = [...this.#disks];
    const bySize = [...wanted.entries()].sort(([, a], [, b]) => b.size - a.size);
    for (const [index, { size }] of bySize) {
      const found = left.findIndex((disk) => disk.size >= size);
      const [disk] = found === -1 ? [] : left.splice(found, 1);
      if (!disk) return undefined;
      chosen[index] = disk;
    }
    return chosen;
  }

  /** Reservations in the order in which they were offered; what they lack is taken of what is not reserved. */
  #takeReserved(demand: Demand): Amounts[] {
    const wanted: Amounts = { cpus: demand.cpus, mem: demand.mem, disk: demand.disk };
    return this.#reservations.map(({ labels, free }) => {
      const taken = nothing();
      if (!bears(labels, demand.labels)) return taken;
      for (const name of resourceNames) {
        taken[name] = Math.min(wanted[name], free[name]);
        wanted[name] -= taken[name];
        free[name] -= taken[name];
      }
      return taken;
    });
  }
}
