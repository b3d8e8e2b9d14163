// A framework: runs every command given as a task of 0.1 CPUs, one offer at a time, and ends when all have ended.
//
//     node framework.ts 127.0.0.1:5050 'echo one' 'echo two; sleep 1' 'exit 3'
//
// The exit status is 1 if a command failed. Ctrl-C ends the tasks.
import { MesosError, type mesos, SchedulerSession } from '@galaxy-mesos/mesos-client';

const [master = '', ...commands] = process.argv.slice(2);
if (commands.length === 0) {
  console.error('usage: framework.ts MASTER COMMAND...');
  process.exit(2);
}

// What a listener throws ends up here, too.
process.on('uncaughtException', (error) => {
  console.error(error instanceof MesosError ? error.message : error);
  process.exit(1);
});

/** Not accepted yet. */
const waiting = commands.map((value, index) => ({ value, id: `task-${index + 1}` }));
const running = new Set(waiting.map(({ id }) => id));
const ends = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
]);
const needed = { cpus: 0.1, mem: 32 };

const session = new SchedulerSession({
  master,
  framework: {
    user: 'root',
    name: 'mesos-client example',
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
    // So long the tasks live on while this program is away.
    failover_timeout: 60,
  },
});

function amount(offer: mesos.Offer, name: string): number {
  const resources = offer.resources?.filter((resource) => resource.name === name) ?? [];
  return resources.reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
}

async function answer(offer: mesos.Offer): Promise<void> {
  const hasRoom = amount(offer, 'cpus') >= needed.cpus && amount(offer, 'mem') >= needed.mem;
  const next = hasRoom ? waiting.shift() : undefined;
  const offer_ids = [offer.id];
  if (!next) {
    // No offer of this agent for a while, unless something is still to be done.
    const filters = { refuse_seconds: waiting.length > 0 ? 1 : 3600 };
    await session.send({ type: 'DECLINE', decline: { offer_ids, filters } });
    return;
  }
  const task: mesos.TaskInfo = {
    name: next.value,
    task_id: { value: next.id },
    agent_id: offer.agent_id,
    command: { value: next.value },
    resources: Object.entries(needed).map(([name, value]) => ({ name, type: 'SCALAR', scalar: { value } })),
  };
  const filters = { refuse_seconds: 0 };
  const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }] as const;
  await session.send({ type: 'ACCEPT', accept: { offer_ids, operations, filters } });
}

async function take(status: mesos.TaskStatus): Promise<void> {
  const id = status.task_id.value;
  console.log(`${id}: ${status.state} ${status.message ?? ''}`.trimEnd());
  // What matters is kept before this: after it Mesos does not tell of the state again.
  await session.acknowledge(status);
  if (!ends.has(status.state)) return;
  if (status.state !== 'TASK_FINISHED') process.exitCode = 1;
  running.delete(id);
  if (running.size === 0) await session.send({ type: 'TEARDOWN' });
}

process.once('SIGINT', () => {
  process.exitCode = 130;
  void session.send({ type: 'TEARDOWN' });
});

await session.start(async (event) => {
  if (event.type === 'OFFERS') for (const offer of event.offers.offers ?? []) await answer(offer);
  if (event.type === 'UPDATE') await take(event.update.status);
  if (event.type === 'DISCONNECTED') console.error(`connecting again: ${event.reason.message}`);
  if (event.type === 'FAILED') throw event.error;
});
console.log(`framework ${session.frameworkId} at ${session.masterUrl}`);
