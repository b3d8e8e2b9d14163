import {
  type AssignedResources,
  resourceNames,
  type TaskResources,
  thousandths,
} from '@galaxy-mesos/scheduler';
import { type Bag, containsBag, emptyBag } from './bag.ts';
import { parseReserved } from './piece-keys.ts';
import { firstOf, rangesOf } from './ranges.ts';

/** What a task is given of what was offered. */
class Taking {
  readonly #available: Bag;
  readonly #plain = { cpus: 0, mem: 0, disk: 0 };
  readonly #others = new Map<string, number>();

  constructor(available: Bag) {
    this.#available = available;
  }

  /** Takes an amount whole from one key. */
  takeOther(key: string, amount: number): boolean {
    if (amount === 0) return true;
    if ((this.#available.others.get(key) ?? 0) < amount) return false;
    this.#others.set(key, amount);
    return true;
  }

  /** Takes as much as there is of what is reserved, and answers what is still missing. */
  takeReserved(name: string, wanted: number, labels: Readonly<Record<string, string>>): number {
    let missing = wanted;
    for (const [key, amount] of this.#available.others) {
      const piece = parseReserved(key);
      if (missing === 0 || piece?.name !== name) continue;
      const has = piece.reservation.labels;
      if (!Object.entries(labels).every(([label, value]) => has[label] === value)) continue;
      const taken = Math.min(amount, missing);
      missing -= taken;
      this.#others.set(key, taken);
    }
    return missing;
  }

  takePlain(name: keyof Taking['plain'], amount: number): boolean {
    this.#plain[name] = amount;
    return amount <= this.#available[name];
  }

  get plain(): Readonly<Record<'cpus' | 'mem' | 'disk', number>> {
    return this.#plain;
  }

  bag(ports: readonly number[]): Bag {
    const others = this.#others.size > 0 ? this.#others : emptyBag.others;
    return { ...this.#plain, others, ports: ports.length > 0 ? rangesOf(ports) : emptyBag.ports };
  }
}

function takeAmounts(taking: Taking, { reservation, revocable, ...resources }: TaskResources): boolean {
  return resourceNames.every((name) => {
    const wanted = thousandths(resources[name]);
    if (revocable) return taking.takeOther(`revocable:${name}`, wanted);
    if (reservation === 'unreserved') return taking.takePlain(name, wanted);
    const missing = taking.takeReserved(name, wanted, reservation?.labels ?? {});
    return reservation ? missing === 0 : taking.takePlain(name, missing);
  });
}

function takeNamed(taking: Taking, resources: TaskResources, available: Bag): boolean {
  const { gpus = 0, scalars = {}, sets = {}, volumes = [] } = resources;
  return (
    taking.takeOther('gpus', thousandths(gpus)) &&
    Object.entries(scalars).every(([name, amount]) =>
      taking.takeOther(`scalar:${name}`, thousandths(amount)),
    ) &&
    Object.entries(sets).every(([name, items]) =>
      items.every((item) => taking.takeOther(`set:${name} ${item}`, 1000)),
    ) &&
    volumes.every(({ persistenceId: id }) => {
      // What is shared stays there for others.
      if (available.others.has(`shared-volume:${id}`)) return true;
      return taking.takeOther(
        `volume:${id}`,
        available.others.get(`volume:${id}`) ?? Number.POSITIVE_INFINITY,
      );
    })
  );
}

function disksOf({ disks = [] }: TaskResources, assigned: AssignedResources, available: Bag) {
  const ids = [...(assigned.disks ?? [])];
  const free = [...available.others]
    .filter(([key]) => key.startsWith('disk:'))
    .sort(([, a], [, b]) => a - b)
    .map(([key, size]) => ({ id: key.slice('disk:'.length), size }));
  return disks.map(({ size }) => {
    const id =
      ids.shift() ?? free.find((disk) => disk.size >= thousandths(size) && !ids.includes(disk.id))?.id;
    const index = free.findIndex((disk) => disk.id === id);
    return free.splice(index < 0 ? free.length : index, 1)[0];
  });
}

function portsOf({ ports = {} }: TaskResources, assigned: AssignedResources, available: Bag): number[] {
  const { any = 0, fixed = [] } = ports;
  return [...(assigned.ports ?? [...fixed, ...firstOf(available.ports, any)])];
}

/**
 * The pieces of `available` that a task gets, as a driver chooses them: what is reserved goes first. `undefined` if
 * there is too little of something.
 */
export function takeForTask(
  available: Bag,
  resources: TaskResources,
  assigned: AssignedResources = {},
): Bag | undefined {
  const taking = new Taking(available);
  if (!takeAmounts(taking, resources) || !takeNamed(taking, resources, available)) return undefined;
  for (const disk of disksOf(resources, assigned, available))
    if (!disk || !taking.takeOther(`disk:${disk.id}`, disk.size)) return undefined;
  const bag = taking.bag(portsOf(resources, assigned, available));
  return containsBag(available, bag) ? bag : undefined;
}
