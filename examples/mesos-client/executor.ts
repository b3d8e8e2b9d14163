// An executor: one process on an agent that runs many small tasks, without starting a program for each. A task is the
// path of a file in `data`; the last update of it has the file's SHA-256 there. A framework has this started by agents
// with what it says in its tasks instead of `command`:
//
//     executor: {
//       type: 'CUSTOM',
//       executor_id: { value: 'hasher' },
//       framework_id: { value: session.frameworkId },
//       command: { value: 'exec node /path/to/executor.ts' },
//       resources: [...], // of the process itself, beside those of its tasks
//     },
//     data: Buffer.from('/path/to/file'),
//
// Tasks with the same executor on the same agent share the process. It ends when the framework does, or sends SHUTDOWN.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  ExecutorSession,
  type ExecutorTaskStatus,
  type mesos,
  readExecutorEnvironment,
} from '@galaxy-mesos/mesos-client';

const environment = readExecutorEnvironment();
const session = new ExecutorSession(environment);
/** What stops each task, and when it has ended. */
const running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();

async function hash(path: string, signal: AbortSignal): Promise<Uint8Array> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) digest.update(chunk);
  return digest.digest();
}

async function outcome(task: mesos.TaskInfo, signal: AbortSignal): Promise<ExecutorTaskStatus> {
  const { task_id, data = new Uint8Array() } = task;
  try {
    return { task_id, state: 'TASK_FINISHED', data: await hash(Buffer.from(data).toString(), signal) };
  } catch (error) {
    return { task_id, state: signal.aborted ? 'TASK_KILLED' : 'TASK_FAILED', message: String(error) };
  }
}

async function run(task: mesos.TaskInfo, signal: AbortSignal): Promise<void> {
  await session.update({ task_id: task.task_id, state: 'TASK_RUNNING' });
  await session.update(await outcome(task, signal));
  running.delete(task.task_id.value);
}

function launch(task: mesos.TaskInfo): void {
  const stop = new AbortController();
  running.set(task.task_id.value, { stop, ended: run(task, stop.signal) });
}

async function shutDown(): Promise<void> {
  // Later the agent kills this process.
  setTimeout(() => process.exit(1), environment.shutdownGrace).unref();
  for (const { stop } of running.values()) stop.abort();
  await Promise.all([...running.values()].map(({ ended }) => ended));
  // Once acknowledged, the last updates are kept even if the agent is started again. Where the framework is gone nobody
  // acknowledges any more: that is no failure, and half of the time that the agent gives is enough to wait.
  const signal = AbortSignal.timeout(environment.shutdownGrace / 2);
  await session.acknowledged({ signal }).catch((error: unknown) => console.error(String(error)));
  process.exit(0);
}

// What is thrown here, and what becomes of a task without an update, ends the process: Mesos tells of TASK_FAILED.
await session.start((event) => {
  if (event.type === 'LAUNCH') launch(event.launch.task);
  if (event.type === 'LAUNCH_GROUP') event.launch_group.task_group.tasks?.forEach(launch);
  if (event.type === 'KILL') running.get(event.kill.task_id.value)?.stop.abort();
  if (event.type === 'SHUTDOWN') void shutDown();
  if (event.type === 'FAILED') throw event.error;
});
