import type { RealSlurmOptions } from '../../../../test-fixtures/real-slurm/configuration.ts';
import { type RealSlurm, startSlurm } from '../../../../test-fixtures/real-slurm/real-slurm.ts';
import { QueueSite } from '../launcher/queue-site.ts';

/** A Slurm of three nodes and a Mesos master of their own. */
export async function openSlurmSite(options: RealSlurmOptions = {}): Promise<QueueSite<RealSlurm>> {
  return QueueSite.open(await startSlurm(options), { dialect: 'slurm', cpus: 2, idleSeconds: 4 });
}
