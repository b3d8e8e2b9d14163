import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  freePort,
  killProcessesBelow,
  killProcessesBelowNow,
} from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { pulsarEnvironment } from '../../../../test-fixtures/real-pulsar/real-pulsar.ts';
import { ServerProcess } from '../../../../test-fixtures/real-pulsar/server-process.ts';

const program = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url));

/** `galaxy-mesos daemon` as a process of its own. */
export interface RunningDaemon extends AsyncDisposable {
  /** With a slash at the end, as Galaxy wants it: `http://127.0.0.1:PORT/`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly state: string;
  /** SIGKILL to the daemon, and to nothing that it has started. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until it has ended. */
  stop(): Promise<void>;
  /** Starts it again with the same flags, port and state. */
  start(): Promise<void>;
  endOfLog(lines?: number): string;
}

/** Starts the daemon with an empty state directory; resolves once it serves. */
export async function startDaemon(
  flags: readonly string[] = [],
  token: string | undefined = 'of-the-tests',
): Promise<RunningDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-mesos-daemon-'));
  const state = join(folder, 'state');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const secret = token === undefined ? [] : ['--token', token];
  const server = new ServerProcess({
    name: 'the daemon',
    command: [
      process.execPath,
      '--conditions=@galaxy-mesos/source',
      program,
      'daemon',
      ...['--listen', `127.0.0.1:${port}`, '--state', state],
      ...secret,
      // A daemon that is started as root wants to be told that jobs may be run by root.
      ...(getuid?.() === 0 ? ['--run-as', 'root'] : []),
      ...flags,
    ],
    folder,
    environment: { ...pulsarEnvironment(), MESOS_URL: undefined },
    logFile: join(folder, 'log'),
    isServing: async () => (await fetch(`${url}healthz?private_token=${token ?? ''}`)).ok,
    patienceMilliseconds: 60_000,
  });
  const onExit = () => {
    killProcessesBelowNow(folder);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', onExit);
  const dispose = async () => {
    await server.end();
    await killProcessesBelow(folder);
    process.off('exit', onExit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  await server.start().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return {
    url,
    token,
    state,
    kill: () => server.kill(),
    stop: () => server.stop(),
    start: () => server.start(),
    endOfLog: (lines) => server.endOfLog(lines),
    [Symbol.asyncDispose]: dispose,
  };
}
