// The executor of the tests on a real Mesos. A task runs until it is told otherwise:
//   MESSAGE "finish ID"         ends it
//   MESSAGE "finish-later ID"   ends it once the agent is gone
//   MESSAGE "exit"              ends this process once all is acknowledged
//   KILL                        ends it, and says what grace it was given
// Other messages are sent back. What the session tells is written to the file `events` in the sandbox, and so are the
// codes of its errors.
import { appendFileSync } from 'node:fs';
import {
  ExecutorSession,
  type ExecutorSessionEvent,
  type MesosError,
  type mesos,
  readExecutorEnvironment,
} from '../../src/index.ts';

const contentType = process.argv[2] === 'json' ? 'json' : 'protobuf';
const environment = readExecutorEnvironment();
const session = new ExecutorSession({ ...environment, contentType });
const live = new Set<string>();
const toFinish = new Set<string>();

const note = (line: string): void => appendFileSync('events', `${line}\n`);

async function launch(task: mesos.TaskInfo): Promise<void> {
  const { task_id } = task;
  live.add(task_id.value);
  await session.update({ task_id, state: 'TASK_STARTING' });
  await session.update({ task_id, state: 'TASK_RUNNING', message: String(process.pid), data: task.data });
}

async function end(id: string, state: 'TASK_FINISHED' | 'TASK_KILLED', message: string): Promise<void> {
  if (live.delete(id)) await session.update({ task_id: { value: id }, state, message });
}

/** An agent that is killed may have passed the message on and not have said so: no reason for the tasks to end. */
async function sendBack(words: string): Promise<void> {
  await session.message(Buffer.from(`echo: ${words}`)).catch((error: MesosError) => note(error.code));
}

async function obey(words: string): Promise<void> {
  const [verb = '', id = ''] = words.split(' ');
  if (verb === 'finish') await end(id, 'TASK_FINISHED', 'as told');
  else if (verb === 'finish-later') toFinish.add(id);
  else if (verb === 'exit') {
    await session.acknowledged();
    process.exit(0);
  } else await sendBack(words);
}

async function shutDown(): Promise<void> {
  await Promise.all([...live].map((id) => end(id, 'TASK_KILLED', 'shut down')));
  process.exit(0);
}

const taking: {
  readonly [Type in ExecutorSessionEvent['type']]?: (
    event: Extract<ExecutorSessionEvent, { readonly type: Type }>,
  ) => unknown;
} = {
  LAUNCH: ({ launch: { task } }) => launch(task),
  LAUNCH_GROUP: ({ launch_group }) => launch_group.task_group.tasks?.forEach((task) => void launch(task)),
  KILL: ({ kill: { task_id, kill_policy } }) =>
    end(task_id.value, 'TASK_KILLED', `grace ${kill_policy?.grace_period?.nanoseconds}`),
  MESSAGE: ({ message }) => obey(Buffer.from(message.data).toString()),
  SHUTDOWN: shutDown,
  DISCONNECTED: () => Promise.all([...toFinish].map((id) => end(id, 'TASK_FINISHED', 'while it was away'))),
  FAILED: ({ error }) => {
    note(error.code);
    process.exit(1);
  },
};

await session.start((event) => {
  note(event.type);
  void (taking[event.type] as ((event: ExecutorSessionEvent) => unknown) | undefined)?.(event);
});
