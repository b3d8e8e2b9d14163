import type { mesos } from '@galaxy-mesos/mesos-client';
import type { ReservedAmounts } from '@galaxy-mesos/scheduler';

/**
 * What a resource of Mesos is to a task: `plain` is for any, the next three only for those that ask for it. `other`
 * is of no use here, such as disk space of another path.
 */
export type PieceKind = 'plain' | 'revocable' | 'volume' | 'mount' | 'other';

/** Tells what a piece of an offer or of an agent is. */
export function kindOf({ disk, revocable, shared }: mesos.Resource): PieceKind {
  if (disk === undefined) {
    if (shared !== undefined) return 'other';
    return revocable === undefined ? 'plain' : 'revocable';
  }
  if (revocable !== undefined) return 'other';
  if (disk.persistence !== undefined) return 'volume';
  return mountedAt({ disk }) === undefined ? 'other' : 'mount';
}

/** The path of a disk that is had whole; `undefined` for other disks, and where the agent does not tell it. */
export function mountedAt({ disk }: Pick<mesos.Resource, 'disk'>): string | undefined {
  const root = disk?.source?.type === 'MOUNT' ? disk.source.mount?.root : undefined;
  return root?.startsWith('/') ? root : undefined;
}

/** What tells a disk from others of its agent. */
export const diskIdOf = (resource: mesos.Resource): string =>
  resource.disk?.source?.id ?? mountedAt(resource) ?? '';

/** For whom a piece is kept: the last of a refined stack. A list of all agents may tell it in the older form. */
export function reservationOf(resource: mesos.Resource): Omit<ReservedAmounts, 'resources'> | undefined {
  const { reservations = [], reservation, role = '*' } = resource;
  const last = reservations.at(-1) ?? (role === '*' ? undefined : { ...reservation, role });
  if (last === undefined) return undefined;
  const isDynamic = last.type === 'DYNAMIC' || (last.type === undefined && reservation !== undefined);
  return {
    type: isDynamic ? 'DYNAMIC' : 'STATIC',
    role: last.role ?? '*',
    labels: Object.fromEntries((last.labels?.labels ?? []).map(({ key, value = '' }) => [key, value])),
  };
}

/** An amount as an integer, in which all arithmetic is done. */
export const thousandths = (amount: number): number => Math.round(amount * 1000);

/** The amount of a scalar in thousandths; 0 for ranges and sets. */
export const amountOf = ({ scalar }: mesos.Resource): number => thousandths(scalar?.value ?? 0);
