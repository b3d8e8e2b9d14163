import { type AgentResources, type Resources, resourceNames, thousandths } from '@galaxy-mesos/scheduler';
import { type Bag, emptyBag } from './bag.ts';
import { parseReserved, reservedKey } from './piece-keys.ts';

const itemUnit = 1000;

type Amounts = { cpus: number; mem: number; disk: number };
type OtherAmounts = Map<string, number>;

const increase = (map: OtherAmounts, key: string, amount: number): void => {
  if (amount !== 0) map.set(key, (map.get(key) ?? 0) + amount);
};

function countReserved(resources: AgentResources, plain: Amounts, others: OtherAmounts): void {
  for (const { resources: amounts, ...reservation } of resources.reserved ?? []) {
    for (const name of resourceNames) {
      const amount = thousandths(amounts[name]);
      plain[name] -= amount;
      increase(others, reservedKey(name, reservation), amount);
    }
  }
}

function countOthers(resources: AgentResources, others: OtherAmounts): void {
  const { gpus = 0, scalars = {}, sets = {}, revocable, volumes = [], disks = [] } = resources;
  increase(others, 'gpus', thousandths(gpus));
  for (const [name, amount] of Object.entries(scalars))
    increase(others, `scalar:${name}`, thousandths(amount));
  for (const [name, items] of Object.entries(sets))
    for (const item of items) increase(others, `set:${name} ${item}`, itemUnit);
  for (const name of revocable ? resourceNames : [])
    increase(others, `revocable:${name}`, thousandths(revocable?.[name] ?? 0));
  for (const { persistenceId, size, shared } of volumes)
    increase(others, `${shared ? 'shared-volume' : 'volume'}:${persistenceId}`, thousandths(size));
  for (const { id, size } of disks) increase(others, `disk:${id}`, thousandths(size));
}

/** What an agent has, as the simulation counts it. */
export function bagOfAgent(resources: AgentResources): Bag {
  const plain = {
    cpus: thousandths(resources.cpus),
    mem: thousandths(resources.mem),
    disk: thousandths(resources.disk),
  };
  const others: OtherAmounts = new Map();
  countReserved(resources, plain, others);
  countOthers(resources, others);
  return {
    ...plain,
    others: others.size > 0 ? others : emptyBag.others,
    ports: resources.ports ?? emptyBag.ports,
  };
}

/** {@link AgentResources} that can still be added to. */
interface Draft {
  resources: Amounts;
  gpus: number;
  scalars: Record<string, number>;
  sets: Record<string, string[]>;
  reserved: Map<string, { reservation: Parameters<typeof reservedKey>[1]; resources: Amounts }>;
  revocable: Amounts | undefined;
  volumes: { persistenceId: string; size: number; shared: boolean }[];
  disks: { id: string; size: number }[];
}

const isName = (name: string): name is keyof Amounts => (resourceNames as readonly string[]).includes(name);
const nothing = (): Amounts => ({ cpus: 0, mem: 0, disk: 0 });

function draftReserved(draft: Draft, key: string, amount: number): void {
  const piece = parseReserved(key);
  if (!piece || !isName(piece.name)) return;
  const id = JSON.stringify(piece.reservation);
  const entry = draft.reserved.get(id) ?? { reservation: piece.reservation, resources: nothing() };
  entry.resources[piece.name] += amount;
  draft.resources[piece.name] += amount;
  draft.reserved.set(id, entry);
}

const readers: Readonly<Record<string, (draft: Draft, rest: string, amount: number) => void>> = {
  gpus: (draft, _rest, amount) => {
    draft.gpus = amount / 1000;
  },
  scalar: (draft, name, amount) => {
    draft.scalars[name] = amount / 1000;
  },
  set: (draft, rest) => {
    const [name = '', item = ''] = rest.split(/ (.*)/s, 2);
    draft.sets[name] = [...(draft.sets[name] ?? []), item];
  },
  revocable: (draft, name, amount) => {
    draft.revocable ??= nothing();
    if (isName(name)) draft.revocable[name] = amount;
  },
  volume: (draft, id, amount) =>
    void draft.volumes.push({ persistenceId: id, size: amount / 1000, shared: false }),
  'shared-volume': (draft, id, amount) =>
    void draft.volumes.push({ persistenceId: id, size: amount / 1000, shared: true }),
  disk: (draft, id, amount) => void draft.disks.push({ id, size: amount / 1000 }),
};

function draftOf({ cpus, mem, disk, others }: Bag): Draft {
  const draft: Draft = {
    resources: { cpus, mem, disk },
    gpus: 0,
    scalars: {},
    sets: {},
    reserved: new Map(),
    revocable: undefined,
    volumes: [],
    disks: [],
  };
  for (const [key, amount] of others) {
    const [kind = '', rest = ''] = key.split(/:(.*)/s, 2);
    if (kind === 'reserved') draftReserved(draft, key, amount);
    else readers[kind]?.(draft, rest, amount);
  }
  return draft;
}

const inUnits = ({ cpus, mem, disk }: Amounts): Resources => ({
  cpus: cpus / 1000,
  mem: mem / 1000,
  disk: disk / 1000,
});

/** A bag as the port `ClusterDriver` has it. */
export function agentResourcesOf(bag: Bag): AgentResources {
  const ports = bag.ports.length > 0 && { ports: bag.ports };
  if (bag.others.size === 0) return { ...inUnits(bag), ...ports };
  const { resources, gpus, scalars, sets, reserved, revocable, volumes, disks } = draftOf(bag);
  const reservations = [...reserved.values()].map(({ reservation, resources: amounts }) => ({
    ...reservation,
    resources: inUnits(amounts),
  }));
  return {
    ...inUnits(resources),
    ...ports,
    ...(gpus > 0 && { gpus }),
    ...(Object.keys(scalars).length > 0 && { scalars }),
    ...(Object.keys(sets).length > 0 && { sets }),
    ...(reservations.length > 0 && { reserved: reservations }),
    ...(revocable && { revocable: inUnits(revocable) }),
    ...(volumes.length > 0 && { volumes }),
    ...(disks.length > 0 && { disks }),
  };
}
