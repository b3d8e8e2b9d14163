// An executor for tests: its tasks run until it is shut down, and every message is sent back. At SHUTDOWN it ends at
// once, with status 7.
import { ExecutorSession, readExecutorEnvironment } from '../../src/index.ts';

const session = new ExecutorSession(readExecutorEnvironment());
await session.start(async (event) => {
  if (event.type === 'LAUNCH')
    await session.update({ task_id: event.launch.task.task_id, state: 'TASK_RUNNING' });
  if (event.type === 'MESSAGE') await session.message(event.message.data);
  if (event.type === 'SHUTDOWN') process.exit(7);
});
