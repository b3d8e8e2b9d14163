import type { mesos } from '@galaxy-mesos/mesos-client';
import type { AssignedResources, Resources, TaskResources } from '@galaxy-mesos/scheduler';
import { resourceNames } from '@galaxy-mesos/scheduler';
import { totalOf } from './agent-resources.ts';
import { type Cut, cutAnyItems, cutDisk, cutItems, cutPorts, cutScalar, cutVolume } from './cuts.ts';
import { gpuDevices } from './gpu-devices.ts';
import { kindOf, reservationOf, thousandths } from './pieces.ts';

/** What a task takes, or the name of what there is too little of. */
export type Taking = { readonly pieces: readonly mesos.Resource[] } | { readonly missing: string };

interface Demand {
  /** For people. */
  readonly what: string;
  readonly cut: Cut;
}

/** Which pieces the cores, the memory and the disk of a task may come from. */
function sourceOf({ reservation, revocable = false }: TaskResources): (piece: mesos.Resource) => boolean {
  const kind = revocable ? 'revocable' : 'plain';
  return (piece) => {
    if (kindOf(piece) !== kind) return false;
    if (reservation === undefined) return true;
    const reserved = reservationOf(piece);
    if (reservation === 'unreserved') return reserved === undefined;
    const wanted = Object.entries(reservation.labels);
    return reserved !== undefined && wanted.every(([key, value]) => reserved.labels[key] === value);
  };
}

const isPlain = (piece: mesos.Resource): boolean => kindOf(piece) === 'plain';

function demandsOf(
  wanted: TaskResources,
  { ports = [], disks = [] }: AssignedResources,
  areGpusNamed: boolean,
): Demand[] {
  const isFrom = sourceOf(wanted);
  const { gpus = 0, scalars = {}, sets = {}, volumes = [] } = wanted;
  const amounts = [
    ...resourceNames.map((what) => ({ what, amount: wanted[what], from: isFrom })),
    ...Object.entries({ gpus, ...scalars }).map(([what, amount]) => ({ what, amount, from: isPlain })),
  ];
  return [
    ...amounts
      .filter(({ amount }) => amount > 0)
      .map(({ what, amount, from }) => ({ what, cut: cutScalar(what, thousandths(amount), from) })),
    ...(gpus > 0 && areGpusNamed ? [{ what: gpuDevices, cut: cutAnyItems(gpuDevices, gpus) }] : []),
    ...(ports.length > 0 ? [{ what: `ports (of ${ports.join(', ')})`, cut: cutPorts(ports) }] : []),
    ...Object.entries(sets).map(([what, items]) => ({ what, cut: cutItems(what, items) })),
    ...volumes.map((volume) => ({ what: `volume ${volume.persistenceId}`, cut: cutVolume(volume) })),
    ...disks.map((id) => ({ what: `disk ${id}`, cut: cutDisk(id) })),
  ];
}

/** Takes out of the pieces of offers what tasks ask for. */
export class OfferedResources {
  /** Who takes graphics processors then takes as many names of them, by which they are told apart. */
  readonly #areGpusNamed: boolean;
  #left: readonly mesos.Resource[];

  constructor(offered: readonly mesos.Resource[]) {
    this.#areGpusNamed = offered.some(({ name }) => name === gpuDevices);
    // Nobody else could use what is reserved, so that goes first.
    const isReserved = (piece: mesos.Resource) => reservationOf(piece) !== undefined;
    this.#left = [...offered.filter(isReserved), ...offered.filter((piece) => !isReserved(piece))];
  }

  /** The cores, memory and disk that are left for tasks that ask for nothing special. */
  get total(): Resources {
    return totalOf(this.#left.filter(isPlain));
  }

  /** What a task takes that asks for `wanted`, and was assigned just this; if there is too little, nothing is. */
  take(wanted: TaskResources, assigned: AssignedResources = {}): Taking {
    let left = this.#left;
    const pieces: mesos.Resource[] = [];
    for (const { what, cut } of demandsOf(wanted, assigned, this.#areGpusNamed)) {
      const parts = cut(left);
      if (parts === undefined) return { missing: what };
      left = parts.left;
      pieces.push(...parts.taken);
    }
    this.#left = left;
    return { pieces };
  }

  /** Goes back to what was left before `attempt`, if that answers false: all or nothing. */
  transaction(attempt: () => boolean): boolean {
    const before = this.#left;
    const isDone = attempt();
    if (!isDone) this.#left = before;
    return isDone;
  }
}
