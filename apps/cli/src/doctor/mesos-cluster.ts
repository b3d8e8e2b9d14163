import type { Cluster } from '@galaxy-mesos/drivers';
import { MasterClient, type master, type mesos } from '@galaxy-mesos/mesos-client';
import { messageOf } from '../report-error.ts';
import type { Finding } from './finding.ts';

type MesosCluster = Extract<Cluster, { readonly kind: 'mesos' }>;

const timeoutMilliseconds = 5000;

/** What was found out of a cluster; without `agents` no master answered. */
export interface ClusterReport {
  readonly findings: readonly Finding[];
  readonly agents?: number;
}

/** Asks the master that leads, of all that may, for its version and its agents. */
export async function lookAtCluster({ master, credential, tls }: MesosCluster): Promise<ClusterReport> {
  await using client = new MasterClient({
    master,
    callTimeout: timeoutMilliseconds,
    ...(credential && { credential }),
    ...(tls && { tls }),
  });
  try {
    const { version_info } = await client.call({ type: 'GET_VERSION' });
    const { agents = [] } = await client.call({ type: 'GET_AGENTS' });
    const text = `${client.masterUrl} answers: Mesos ${version_info.version}`;
    return {
      findings: [{ subject: 'master', state: 'ok', text }, describeAgents(agents)],
      agents: agents.filter(({ active }) => active).length,
    };
  } catch (error) {
    const advice = 'check MESOS_URL (or --mesos), and that the master runs and can be reached from here';
    return { findings: [{ subject: 'master', state: 'problem', text: messageOf(error), advice }] };
  }
}

function describeAgents(agents: readonly master.Response.GetAgents.Agent[]): Finding {
  const active = agents.filter(({ active: isActive }) => isActive);
  if (active.length === 0) {
    const advice = 'start agents of this master: without one no task can run';
    return { subject: 'agents', state: 'problem', text: `none of ${agents.length} is active`, advice };
  }
  const amount = (name: string) => {
    const sum = (pick: (agent: master.Response.GetAgents.Agent) => readonly mesos.Resource[]) =>
      active
        .flatMap(pick)
        .reduce((total, { name: of, scalar }) => (of === name ? total + (scalar?.value ?? 0) : total), 0);
    const total = sum(({ total_resources = [] }) => total_resources);
    return { total, free: total - sum(({ allocated_resources = [] }) => allocated_resources) };
  };
  const [cpus, mem] = [amount('cpus'), amount('mem')];
  const text = `${active.length} active; free: ${cpus.free} of ${cpus.total} cpus, ${mem.free} of ${mem.total} MiB of memory`;
  return { subject: 'agents', state: 'ok', text };
}
