import type { mesos } from '@galaxy-mesos/mesos-client';
import { type Bag, emptyBag } from '../resources/bag.ts';
import { parseReserved, reservedKey } from '../resources/piece-keys.ts';
import { addRanges, noRanges, type Ranges } from '../resources/ranges.ts';

const scalar = (name: string, amount: number, more: Partial<mesos.Resource> = {}): mesos.Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value: amount / 1000 },
  ...more,
});

const labelsOf = (labels: Readonly<Record<string, string>>): mesos.Labels => ({
  labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
});

function reservedResource(key: string, amount: number): mesos.Resource | undefined {
  const piece = parseReserved(key);
  if (!piece) return undefined;
  const { type, role, labels } = piece.reservation;
  const isLabelled = Object.keys(labels).length > 0;
  return scalar(piece.name, amount, {
    reservations: [{ type, role, ...(isLabelled && { labels: labelsOf(labels) }) }],
  });
}

const volume = (id: string, more: Partial<mesos.Resource> = {}): Partial<mesos.Resource> => ({
  disk: { persistence: { id }, volume: { container_path: 'volume', mode: 'RW' } },
  ...more,
});

const kinds: Readonly<Record<string, (rest: string, amount: number) => mesos.Resource>> = {
  gpus: (_rest, amount) => scalar('gpus', amount),
  scalar: (name, amount) => scalar(name, amount),
  revocable: (name, amount) => scalar(name, amount, { revocable: {} }),
  disk: (id, amount) => scalar('disk', amount, { disk: { source: { type: 'MOUNT', mount: { root: id } } } }),
  volume: (id, amount) => scalar('disk', amount, volume(id)),
  'shared-volume': (id, amount) => scalar('disk', amount, volume(id, { shared: {} })),
};

function setsOf(others: Bag['others']): mesos.Resource[] {
  const sets = new Map<string, string[]>();
  for (const key of others.keys()) {
    if (!key.startsWith('set:')) continue;
    const [name = '', item = ''] = key.slice('set:'.length).split(/ (.*)/s, 2);
    sets.set(name, [...(sets.get(name) ?? []), item]);
  }
  return [...sets].map(([name, item]) => ({ name, type: 'SET', set: { item } }));
}

function otherResources(others: Bag['others']): mesos.Resource[] {
  return [...others].flatMap(([key, amount]) => {
    const [kind = '', rest = ''] = key.split(/:(.*)/s, 2);
    return reservedResource(key, amount) ?? kinds[kind]?.(rest, amount) ?? [];
  });
}

/** A bag in Mesos's words; `role` is whom it is allocated to, where it is offered or in use. */
export function resourcesOf(bag: Bag, role?: string): mesos.Resource[] {
  const plain = (['cpus', 'mem', 'disk'] as const)
    .filter((name) => bag[name] > 0)
    .map((name) => scalar(name, bag[name]));
  const range = bag.ports.map(({ begin, end }) => ({ begin: BigInt(begin), end: BigInt(end) }));
  const ports: mesos.Resource[] =
    range.length > 0 ? [{ name: 'ports', type: 'RANGES', ranges: { range } }] : [];
  const all = [...plain, ...ports, ...otherResources(bag.others), ...setsOf(bag.others)];
  return role === undefined ? all : all.map((resource) => ({ ...resource, allocation_info: { role } }));
}

const plainNames: ReadonlySet<string> = new Set(['cpus', 'mem', 'disk']);

const plainLabels = (labels: mesos.Labels | undefined): Record<string, string> =>
  Object.fromEntries((labels?.labels ?? []).map(({ key, value = '' }) => [key, value]));

/** The key of a scalar that is not plain; `undefined` for one that is. */
function keyOf({ name, disk, revocable, shared, reservations = [] }: mesos.Resource): string | undefined {
  const root = disk?.source?.mount?.root;
  if (root !== undefined) return `disk:${root}`;
  if (disk?.persistence) return `${shared ? 'shared-volume' : 'volume'}:${disk.persistence.id}`;
  if (revocable) return `revocable:${name}`;
  const last = reservations.at(-1);
  if (last) {
    const type = last.type === 'STATIC' ? 'STATIC' : 'DYNAMIC';
    return reservedKey(name, { type, role: last.role ?? '', labels: plainLabels(last.labels) });
  }
  if (plainNames.has(name)) return undefined;
  return name === 'gpus' ? name : `scalar:${name}`;
}

const rangesIn = ({ ranges }: mesos.Resource): Ranges =>
  (ranges?.range ?? []).map(({ begin, end }) => ({ begin: Number(begin), end: Number(end) }));

/** Resources in Mesos's words as a bag. */
export function bagOf(resources: readonly mesos.Resource[]): Bag {
  const plain = { cpus: 0, mem: 0, disk: 0 };
  const others = new Map<string, number>();
  let ports = noRanges;
  for (const resource of resources) {
    for (const item of resource.set?.item ?? []) others.set(`set:${resource.name} ${item}`, 1000);
    if (resource.name === 'ports') ports = addRanges(ports, rangesIn(resource));
    if (!resource.scalar) continue;
    const amount = Math.round(resource.scalar.value * 1000);
    const key = keyOf(resource);
    if (key !== undefined) others.set(key, (others.get(key) ?? 0) + amount);
    else plain[resource.name as keyof typeof plain] += amount;
  }
  return { ...plain, others: others.size > 0 ? others : emptyBag.others, ports };
}
