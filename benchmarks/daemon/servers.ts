import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, killProcessesBelow } from '../../test-fixtures/real-mesos/mesos-process.ts';
import { pulsarEnvironment, realPulsarAvailable } from '../../test-fixtures/real-pulsar/real-pulsar.ts';

/** A server that takes jobs by Pulsar's REST protocol. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** How many jobs either of them runs at a time. */
export const jobsAtOnce = 8;

const patienceMilliseconds = 60_000;
const goodbyeMilliseconds = 10_000;

/** The daemon of this repository, on this machine, with all its defaults but for how many jobs run at a time. */
export async function startDaemon(
  program: readonly string[] = [
    fileURLToPath(new URL('../../apps/cli/bin/galaxy-mesos.js', import.meta.url)),
  ],
): Promise<Server> {
  return start('the daemon', (folder, port) => {
    const configuration = [
      `listen: 127.0.0.1:${port}`,
      `state: ${path.join(folder, 'state')}`,
      'log_level: warn',
      'local:',
      `  cpus: ${jobsAtOnce}`,
      ...(process.getuid?.() === 0 ? ['run_as: root'] : []),
    ];
    writeFileSync(path.join(folder, 'daemon.yml'), `${configuration.join('\n')}\n`);
    return [process.execPath, ...program, 'daemon', '--config', 'daemon.yml'];
  });
}

/** Pulsar's own server, which is installed from PyPI if it is not there. */
export async function startPulsarServe(): Promise<Server> {
  if (!realPulsarAvailable()) install();
  return start('pulsar-serve', (folder, port) => {
    const cache = path.join(folder, 'cache');
    mkdirSync(cache);
    const application = {
      staging_directory: path.join(folder, 'staging'),
      persistence_directory: path.join(folder, 'persisted'),
      tool_dependency_dir: path.join(folder, 'dependencies'),
      file_cache_dir: cache,
      managers: { _default_: { type: 'queued_python', num_concurrent_jobs: jobsAtOnce } },
    };
    // JSON is YAML, too.
    writeFileSync(path.join(folder, 'app.yml'), JSON.stringify(application));
    const settings = [
      '[server:main]',
      `port = ${port}`,
      'host = 127.0.0.1',
      '[app:main]',
      'app_config = %(here)s/app.yml',
    ];
    writeFileSync(path.join(folder, 'server.ini'), `${settings.join('\n')}\n`);
    return ['pulsar-serve', 'server.ini'];
  });
}

function install(): void {
  const script = fileURLToPath(new URL('../../test-fixtures/real-pulsar/setup.sh', import.meta.url));
  const { status } = spawnSync('sh', [script], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('Pulsar could not be installed from PyPI; see above');
}

async function start(
  name: string,
  prepare: (folder: string, port: number) => readonly string[],
): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-daemon-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const logFile = path.join(folder, 'log');
  const log = openSync(logFile, 'a');
  // So that it ends with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...prepare(folder, port)], {
    cwd: folder,
    env: { ...pulsarEnvironment(), MESOS_URL: undefined },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const stop = async (): Promise<void> => {
    await end(child);
    await killProcessesBelow(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilServing(name, url, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid ?? 0, stop };
}

async function untilServing(name: string, url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (
    !(await fetch(`${url}healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline)
      throw new Error(`${name} did not begin to serve:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), goodbyeMilliseconds);
  await exit;
  clearTimeout(patience);
}
