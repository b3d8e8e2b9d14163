import type { TaskResources } from '../model/amounts.ts';
import { thousandths } from '../model/resources.ts';

/** Which of an agent's amounts cores, memory and disk are taken from. */
export type Pool = 'any' | 'unreserved' | 'revocable';

/** What a task asks for, in integer thousandths: made once for each shape, read for every slot that is looked at. */
export interface Demand {
  readonly resources: TaskResources;
  readonly pool: Pool;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly scalars: readonly (readonly [name: string, amount: number])[];
  /** Only what is reserved with all these labels will do. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Whether it asks for more than amounts can tell: ports, sets, volumes, disks or a labelled reservation. */
  readonly special: boolean;
}

const poolOf = ({ revocable, reservation }: TaskResources): Pool => {
  if (revocable) return 'revocable';
  return reservation === 'unreserved' ? 'unreserved' : 'any';
};

/** Brings what a task asks for into the form that slots are compared with. */
export function demandOf(resources: TaskResources): Demand {
  const { ports, sets, volumes, disks, reservation } = resources;
  const labels = typeof reservation === 'object' && !resources.revocable ? reservation.labels : undefined;
  const anySet = Object.values(sets ?? {}).some((items) => items.length > 0);
  const anyPort = (ports?.any ?? 0) > 0 || (ports?.fixed?.length ?? 0) > 0;
  const anyDisk = (volumes?.length ?? 0) > 0 || (disks?.length ?? 0) > 0;
  return {
    resources,
    pool: poolOf(resources),
    cpus: thousandths(resources.cpus),
    mem: thousandths(resources.mem),
    disk: thousandths(resources.disk),
    gpus: thousandths(resources.gpus ?? 0),
    scalars: Object.entries(resources.scalars ?? {})
      .filter(([, amount]) => amount > 0)
      .map(([name, amount]) => [name, thousandths(amount)]),
    labels,
    special: labels !== undefined || anySet || anyPort || anyDisk,
  };
}
