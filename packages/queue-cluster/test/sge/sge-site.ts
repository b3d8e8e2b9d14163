import { type RealSge, startSge } from '../../../../test-fixtures/real-sge/real-sge.ts';
import { QueueSite } from '../launcher/queue-site.ts';

/** A Grid Engine of one host, where six pilots fit, and a Mesos master of their own. */
export async function openSgeSite(): Promise<QueueSite<RealSge>> {
  return QueueSite.open(await startSge(), { dialect: 'sge', cpus: 1, queue: 'all.q', idleSeconds: 4 }, 15);
}
