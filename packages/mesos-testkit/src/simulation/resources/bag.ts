import { addRanges, containsRanges, noRanges, type Ranges, subtractRanges } from './ranges.ts';

/**
 * Resources as the simulation counts them, in integer thousandths. `others` has all that is not plain: by keys of
 * `piece-keys.ts` what is reserved or revocable, graphics processors, whole disks, volumes, items of sets.
 */
export interface Bag {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly others: ReadonlyMap<string, number>;
  readonly ports: Ranges;
}

const noOthers: ReadonlyMap<string, number> = new Map();

/** Nothing. */
export const emptyBag: Bag = { cpus: 0, mem: 0, disk: 0, others: noOthers, ports: noRanges };

function combineOthers(a: Bag['others'], b: Bag['others'], sign: 1 | -1): Bag['others'] {
  if (b.size === 0) return a;
  const result = new Map(a);
  for (const [key, amount] of b) {
    const sum = (result.get(key) ?? 0) + sign * amount;
    if (sum === 0) result.delete(key);
    else result.set(key, sum);
  }
  return result;
}

/** The sum. */
export const addBags = (a: Bag, b: Bag): Bag => ({
  cpus: a.cpus + b.cpus,
  mem: a.mem + b.mem,
  disk: a.disk + b.disk,
  others: combineOthers(a.others, b.others, 1),
  ports: addRanges(a.ports, b.ports),
});

/** What is left of `a` without `b`, which it should contain: amounts get negative otherwise. */
export const subtractBags = (a: Bag, b: Bag): Bag => ({
  cpus: a.cpus - b.cpus,
  mem: a.mem - b.mem,
  disk: a.disk - b.disk,
  others: combineOthers(a.others, b.others, -1),
  ports: subtractRanges(a.ports, b.ports),
});

/** Whether all of `b` is in `a`. */
export function containsBag(a: Bag, b: Bag): boolean {
  if (b.cpus > a.cpus || b.mem > a.mem || b.disk > a.disk) return false;
  for (const [key, amount] of b.others) if (amount > (a.others.get(key) ?? 0)) return false;
  return containsRanges(a.ports, b.ports);
}

/** Whether there is nothing in it. */
export const isEmptyBag = ({ cpus, mem, disk, others, ports }: Bag): boolean =>
  cpus === 0 && mem === 0 && disk === 0 && others.size === 0 && ports.length === 0;

/** For people. */
export function describeBag({ cpus, mem, disk, others, ports }: Bag): string {
  const plain = `cpus:${cpus / 1000}; mem:${mem / 1000}; disk:${disk / 1000}`;
  const more = [...others].map(([key, amount]) => `${key}:${amount / 1000}`);
  const ranges = ports.map(({ begin, end }) => `${begin}-${end}`).join(',');
  return [plain, ...more, ...(ranges ? [`ports:[${ranges}]`] : [])].join('; ');
}
