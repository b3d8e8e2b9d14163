import type { mesos } from '@galaxy-mesos/mesos-client';
import {
  type AgentResources,
  type NumberRange,
  type ReservedAmounts,
  type Resources,
  resourceNames,
} from '@galaxy-mesos/scheduler';
import { mergeRanges } from '../number-ranges.ts';
import { amountOf, diskIdOf, kindOf, reservationOf } from './pieces.ts';

type Pieces = readonly mesos.Resource[];

const sumOf = (pieces: Pieces, name: string): number =>
  pieces.reduce((sum, piece) => (piece.name === name ? sum + amountOf(piece) : sum), 0) / 1000;

/** What pieces add up to in cores, memory and disk. */
export const totalOf = (pieces: Pieces): Resources => ({
  cpus: sumOf(pieces, 'cpus'),
  mem: sumOf(pieces, 'mem'),
  disk: sumOf(pieces, 'disk'),
});

const knownScalars: ReadonlySet<string> = new Set([...resourceNames, 'gpus']);

function scalarsOf(plain: Pieces): Record<string, number> {
  const others = plain.filter(({ name, type }) => type === 'SCALAR' && !knownScalars.has(name));
  return Object.fromEntries(others.map(({ name }) => [name, sumOf(others, name)]));
}

/** The numbers of a piece that is ranges. */
export const rangesOf = ({ ranges }: mesos.Resource): NumberRange[] =>
  (ranges?.range ?? []).map(({ begin, end }) => ({ begin: Number(begin), end: Number(end) }));

const portsOf = (plain: Pieces): NumberRange[] =>
  mergeRanges(plain.flatMap((piece) => (piece.name === 'ports' ? rangesOf(piece) : [])));

function setsOf(plain: Pieces): Record<string, string[]> {
  const sets = new Map<string, string[]>();
  for (const { name, type, set } of plain) {
    if (type === 'SET') sets.set(name, [...(sets.get(name) ?? []), ...(set?.item ?? [])]);
  }
  return Object.fromEntries(sets);
}

function reservedOf(plain: Pieces): ReservedAmounts[] {
  const groups = new Map<string, { info: Omit<ReservedAmounts, 'resources'>; pieces: mesos.Resource[] }>();
  for (const piece of plain) {
    const info = reservationOf(piece);
    if (info === undefined) continue;
    const key = JSON.stringify([info.type, info.role, Object.entries(info.labels).sort()]);
    const group = groups.get(key) ?? { info, pieces: [] };
    groups.set(key, group);
    group.pieces.push(piece);
  }
  return [...groups.values()].map(({ info, pieces }) => ({ ...info, resources: totalOf(pieces) }));
}

function volumesOf(pieces: Pieces): NonNullable<AgentResources['volumes']> {
  // A shared volume is listed once for each task that uses it.
  const volumes = new Map(pieces.map((piece) => [piece.disk?.persistence?.id ?? '', piece]));
  return [...volumes].map(([persistenceId, piece]) => ({
    persistenceId,
    size: amountOf(piece) / 1000,
    shared: piece.shared !== undefined,
  }));
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** What pieces of an offer or of an agent are in the words of the scheduler; what there is nothing of is absent. */
export function agentResources(resources: Pieces): AgentResources {
  const of = (kind: string) => resources.filter((piece) => kindOf(piece) === kind);
  const [plain, revocable] = [of('plain'), of('revocable')];
  const gpus = sumOf(plain, 'gpus');
  const more = {
    scalars: scalarsOf(plain),
    ports: portsOf(plain),
    sets: setsOf(plain),
    reserved: reservedOf(plain),
    volumes: volumesOf(of('volume')),
    disks: of('mount').map((piece) => ({ id: diskIdOf(piece), size: amountOf(piece) / 1000 })),
  };
  return {
    ...totalOf(plain),
    ...(gpus > 0 && { gpus }),
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => !isEmpty(value))),
    ...(revocable.length > 0 && { revocable: totalOf(revocable) }),
  };
}
