import type { mesos } from '@galaxy-mesos/mesos-client';
import { noResources, type ResourceName, type Resources, resourceNames } from '@galaxy-mesos/scheduler';

type Amounts = { -readonly [Name in ResourceName]: number };

const isResourceName = (name: string): name is ResourceName => resourceNames.some((known) => known === name);

/** Volumes, shared and revocable resources are not for tasks that did not ask for them. */
const isPlain = ({ type, disk, revocable, shared }: mesos.Resource): boolean =>
  type === 'SCALAR' && disk === undefined && revocable === undefined && shared === undefined;

const isReserved = ({ reservations = [] }: mesos.Resource): boolean => reservations.length > 0;

const amountOf = (resource: mesos.Resource): number => resource.scalar?.value ?? 0;

const thousandths = (amount: number): number => Math.round(amount * 1000);

/** What a list of Mesos resources adds up to, reserved and unreserved. */
export function totalOf(resources: readonly mesos.Resource[]): Resources {
  const total: Amounts = { ...noResources };
  for (const resource of resources) {
    if (!isPlain(resource) || !isResourceName(resource.name)) continue;
    total[resource.name] = (thousandths(total[resource.name]) + thousandths(amountOf(resource))) / 1000;
  }
  return total;
}

/**
 * Takes amounts out of the resources of an offer, piece by piece: each piece keeps the role and reservation it
 * was offered with, as the master wants it.
 */
export class OfferedResources {
  readonly #left: mesos.Resource[];

  constructor(offered: readonly mesos.Resource[]) {
    const plain = offered.filter(isPlain);
    // Nobody else could use what is reserved, so that goes first.
    this.#left = [...plain.filter(isReserved), ...plain.filter((resource) => !isReserved(resource))];
  }

  /** What is left to be taken. */
  get total(): Resources {
    return totalOf(this.#left);
  }

  /** What a task that asks for `wanted` takes; `undefined`, and nothing is taken, if there is too little. */
  take(wanted: Resources): mesos.Resource[] | undefined {
    const { total } = this;
    if (resourceNames.some((name) => thousandths(wanted[name]) > thousandths(total[name]))) return undefined;
    return resourceNames.flatMap((name) => this.#takeOne(name, thousandths(wanted[name])));
  }

  #takeOne(name: ResourceName, wanted: number): mesos.Resource[] {
    const taken: mesos.Resource[] = [];
    let missing = wanted;
    for (const [index, resource] of this.#left.entries()) {
      if (missing <= 0) break;
      if (resource.name !== name) continue;
      const here = Math.min(missing, thousandths(amountOf(resource)));
      if (here <= 0) continue;
      missing -= here;
      taken.push({ ...resource, scalar: { value: here / 1000 } });
      const rest = (thousandths(amountOf(resource)) - here) / 1000;
      this.#left[index] = { ...resource, scalar: { value: rest } };
    }
    return taken;
  }
}
