// Stands in for Mesos's command executor, which the shared library of the rig does not hold: one task, one process
// of this program.
import { ExecutorSession, readExecutorEnvironment } from '@galaxy-mesos/mesos-client';
import { CommandExecutor } from './command-executor.ts';

async function main(): Promise<void> {
  const environment = readExecutorEnvironment();
  const session = new ExecutorSession({ ...environment, contentType: 'json' });
  const executor = new CommandExecutor(session, environment.shutdownGrace);
  // However this process ends, its task does not outlive it.
  process.once('exit', () => executor.killNow());
  await session.start((event) => executor.take(event));
  await executor.done;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(String(error));
    process.exit(1);
  },
);
