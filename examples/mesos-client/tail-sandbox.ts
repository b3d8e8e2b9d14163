// Prints what a task writes, as `tail -f` does, until the task has ended or Ctrl-C.
//
//     node tail-sandbox.ts 127.0.0.1:5050 TASK_ID [stderr]
//
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AgentClient,
  agentAddressOf,
  MasterClient,
  MesosError,
  type mesos,
  sandboxPath,
} from '@galaxy-mesos/mesos-client';

const [address = '', taskId = '', file = 'stdout'] = process.argv.slice(2);
if (taskId === '') {
  console.error('usage: tail-sandbox.ts MASTER TASK_ID [stderr]');
  process.exit(2);
}
const ends = new Set<mesos.TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_GONE',
]);

async function findTask(master: MasterClient): Promise<mesos.Task | undefined> {
  const { tasks = [], completed_tasks = [] } = await master.call({ type: 'GET_TASKS' });
  return [...tasks, ...completed_tasks].find(({ task_id }) => task_id.value === taskId);
}

async function agentOf(master: MasterClient, task: mesos.Task): Promise<string> {
  const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
  const agent = agents.find(({ agent_info }) => agent_info.id?.value === task.agent_id.value);
  const url = agentAddressOf(agent?.pid);
  if (url === undefined) throw new Error(`the agent of ${taskId} is gone, and its sandbox with it`);
  return url;
}

/** Fires a little after the task has ended, when its last words have been read. */
async function ended(master: MasterClient): Promise<void> {
  for (let task = await findTask(master); task && !ends.has(task.state); task = await findTask(master))
    await sleep(500);
  await sleep(1500);
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
try {
  await using master = new MasterClient({ master: address });
  const task = await findTask(master);
  if (!task) throw new Error(`the master knows no task ${taskId}`);
  await using agent = new AgentClient({ agent: await agentOf(master, task) });
  const path = sandboxPath({ frameworkId: task.framework_id.value, executorId: taskId });
  void ended(master).finally(() => stop.abort());
  for await (const piece of agent.tailFile(`${path}/${file}`, { pollMilliseconds: 200, signal: stop.signal }))
    process.stdout.write(piece);
} catch (error) {
  if (!(error instanceof MesosError && error.code === 'ABORTED')) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
