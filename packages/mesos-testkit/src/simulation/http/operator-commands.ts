import type { master } from '@galaxy-mesos/mesos-client';
import type { SimulatedCluster } from '../simulated-cluster.ts';

const milliseconds = (nanoseconds: bigint): number => Number(nanoseconds / 1_000_000n);

/** Puts the machines of a schedule on it, by their names, and takes all others off. */
function schedule(
  cluster: SimulatedCluster,
  { windows = [] }: master.Call.UpdateMaintenanceSchedule['schedule'],
): void {
  const maintenance = cluster.master?.maintenance;
  const withdrawn = new Set(maintenance?.scheduled);
  for (const { machine_ids = [], unavailability } of windows) {
    const { start, duration } = unavailability;
    const names = new Set(machine_ids.map(({ hostname }) => hostname));
    const ids = [...cluster.agents.values()]
      .filter(({ facts }) => names.has(facts.hostname))
      .map(({ id }) => id);
    for (const id of ids) withdrawn.delete(id);
    maintenance?.schedule(ids, {
      start: milliseconds(start.nanoseconds),
      ...(duration && { duration: milliseconds(duration.nanoseconds) }),
    });
  }
  maintenance?.schedule([...withdrawn], undefined);
}

/** Does to a cluster what an operator says; what a simulation knows nothing of has no effect. */
export function carryOut(cluster: SimulatedCluster, call: master.Call): void {
  const { drain_agent, deactivate_agent, reactivate_agent, mark_agent_gone, update_maintenance_schedule } =
    call;
  const { drains, agents } = cluster.master ?? {};
  if (drain_agent) {
    const { max_grace_period: grace, mark_gone = false } = drain_agent;
    drains?.drain(drain_agent.agent_id.value, {
      marksGone: mark_gone,
      ...(grace?.seconds !== undefined && { graceSeconds: Number(grace.seconds) }),
    });
  }
  if (deactivate_agent) drains?.deactivate(deactivate_agent.agent_id.value);
  if (reactivate_agent) drains?.reactivate(reactivate_agent.agent_id.value);
  if (mark_agent_gone) agents?.markGone(mark_agent_gone.agent_id.value);
  if (update_maintenance_schedule) schedule(cluster, update_maintenance_schedule.schedule);
}
