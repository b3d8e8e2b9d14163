import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { freePort } from '../real-mesos/mesos-process.ts';
import { pythonRig } from './python-rig.ts';
import { ServerProcess } from './server-process.ts';

/** Pulsar's programs, and a `python`, which `pulsar-check` has its jobs call. */
const pulsarRig = pythonRig('Pulsar 0.16.0', 'PULSAR_RIG_HOME', 'pulsar-rig', 'npm run setup:pulsar');

/** Whether `npm run setup:pulsar` has been run on this machine. */
export const realPulsarAvailable = (): boolean => pulsarRig.isAvailable();

/** For `describe.skipIf(!requireRealPulsar())`; see {@link pulsarRig}. */
export const requireRealPulsar = (): boolean => pulsarRig.require();

/** The environment of this process with the rig's programs before all others. */
export const pulsarEnvironment = (): Record<string, string | undefined> => ({
  ...env,
  PATH: `${pulsarRig.programs}:${env.PATH}`,
});

/** A running `pulsar-serve`. */
export interface RealPulsar extends AsyncDisposable {
  /** With a slash at the end, as Galaxy wants it: `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** Holds one directory for each job. */
  readonly staging: string;
}

export interface PulsarOptions {
  readonly token?: string;
  /** Further lines of its `app.yml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Starts Pulsar's own REST server; resolves once it serves. It also ends with this process, however that ends. */
export async function startPulsar({ token, settings }: PulsarOptions = {}): Promise<RealPulsar> {
  const folder = mkdtempSync(join(tmpdir(), 'real-pulsar-'));
  const staging = join(folder, 'staging');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const application = {
    staging_directory: staging,
    persistence_directory: join(folder, 'persisted'),
    tool_dependency_dir: join(folder, 'dependencies'),
    file_cache_dir: join(folder, 'cache'),
    ...(token !== undefined && { private_token: token }),
    ...settings,
  };
  // Pulsar makes all of its directories but this one.
  mkdirSync(application.file_cache_dir);
  // JSON is YAML, too.
  writeFileSync(join(folder, 'app.yml'), JSON.stringify(application));
  writeFileSync(join(folder, 'server.ini'), serverSettings(port));
  const server = new ServerProcess({
    name: 'Pulsar',
    command: [join(pulsarRig.programs, 'pulsar-serve'), 'server.ini'],
    folder,
    environment: pulsarEnvironment(),
    logFile: join(folder, 'log'),
    isServing: async () =>
      (await fetch(`${url}healthz${token === undefined ? '' : `?private_token=${token}`}`)).ok,
    patienceMilliseconds: 60_000,
  });
  const onExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', onExit);
  const dispose = async () => {
    await server.end();
    process.off('exit', onExit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  await server.start().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return { url, staging, [Symbol.asyncDispose]: dispose };
}

const serverSettings = (port: number): string =>
  [
    '[server:main]',
    `port = ${port}`,
    'host = 127.0.0.1',
    '[app:main]',
    'app_config = %(here)s/app.yml',
    '',
  ].join('\n');

export interface PulsarCheckOptions {
  readonly url: string;
  readonly token?: string;
  /** Such as `--test_errors` or `--transport=curl`. */
  readonly flags?: readonly string[];
}

/** Runs Pulsar's own check of servers to its end. Rejects with what it says when the server did not do. */
export async function pulsarCheck({ url, token, flags = [] }: PulsarCheckOptions): Promise<string> {
  const secret = token === undefined ? [] : [`--private_token=${token}`];
  const args = [`--url=${url}`, ...secret, ...flags];
  return new Promise((resolve, reject) => {
    const options = { env: pulsarEnvironment(), maxBuffer: 64 * 1024 * 1024 };
    execFile(join(pulsarRig.programs, 'pulsar-check'), args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      const end = output.trimEnd().split('\n').slice(-20).join('\n');
      if (error) reject(new Error(`pulsar-check ${args.join(' ')} failed:\n${end}`));
      else resolve(output);
    });
  });
}
