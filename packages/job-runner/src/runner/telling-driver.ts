import type { AttemptUpdate, ClusterDriver } from '@galaxy-mesos/scheduler';

/** Mesos's name for why an attempt ended that used more memory than it may. */
const memoryReason = 'REASON_CONTAINER_LIMITATION_MEMORY';

/**
 * A driver that tells an attempt that ran out of memory from others also where only the script around the tool noticed,
 * and not the cluster: `ranOutOfMemory` knows that by how the attempt ended.
 */
export function tellingOfMemory(
  driver: ClusterDriver,
  ranOutOfMemory: (update: AttemptUpdate) => boolean,
): ClusterDriver {
  const told = (update: AttemptUpdate): AttemptUpdate =>
    update.state === 'TASK_FAILED' && ranOutOfMemory(update) ? { ...update, reason: memoryReason } : update;
  return {
    kind: driver.kind,
    start: (listener) =>
      driver.start((event) =>
        listener(event.type === 'update' ? { ...event, update: told(event.update) } : event),
      ),
    launch: (offerIds, launches) => driver.launch(offerIds, launches),
    decline: (offerIds, refuseSeconds) => driver.decline(offerIds, refuseSeconds),
    kill: (attempt, graceSeconds) => driver.kill(attempt, graceSeconds),
    acknowledge: (update) => driver.acknowledge(update),
    answerInverseOffers: (offerIds, answer) => driver.answerInverseOffers(offerIds, answer),
    reconcile: (attempts) => driver.reconcile(attempts),
    suppress: () => driver.suppress(),
    revive: (wish) => driver.revive(wish),
    tailSandboxFile: (attempt, file, maximumBytes) => driver.tailSandboxFile(attempt, file, maximumBytes),
    readSandboxFile: (attempt, file, from, maximumBytes) =>
      driver.readSandboxFile(attempt, file, from, maximumBytes),
    stop: (how) => driver.stop(how),
  };
}
