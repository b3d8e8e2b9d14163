import { type AgentResources, type Launch, missingResources, type Resources } from '@galaxy-mesos/scheduler';
import { holdsNumber } from '../number-ranges.ts';

/** What an attempt has for itself for as long as it runs. */
export interface Held {
  readonly resources: Resources;
  readonly ports: readonly number[];
}

/** What a launch takes of this machine. */
export const heldBy = ({ resources: { cpus, mem, disk }, assigned }: Launch): Held => ({
  resources: { cpus, mem, disk },
  ports: assigned?.ports ?? [],
});

/** The name of something that is asked for and that this machine never has. */
function foreignOf({ resources }: Launch): string | undefined {
  const { gpus = 0, scalars = {}, sets = {}, volumes = [], disks = [], reservation, revocable } = resources;
  if (gpus > 0) return 'gpus';
  if (volumes.length > 0) return 'volumes';
  if (disks.length > 0) return 'disks';
  if (revocable === true) return 'revocable resources';
  if (typeof reservation === 'object') return 'reserved resources';
  return [...Object.keys(scalars), ...Object.keys(sets)][0];
}

/** The name of what a launch asks for more of than there is; `undefined` if it fits. */
export function missingOf(launch: Launch, available: AgentResources): string | undefined {
  const { resources, ports } = heldBy(launch);
  const [amount = foreignOf(launch)] = missingResources(resources, available);
  if (amount !== undefined) return amount;
  const isFree = (port: number) => holdsNumber(available.ports ?? [], port);
  return new Set(ports).size === ports.length && ports.every(isFree) ? undefined : 'ports';
}
