import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { freePort, killProcessesBelow, killProcessesBelowNow } from '../real-mesos/mesos-process.ts';
import { pythonRig } from '../real-pulsar/python-rig.ts';
import { ServerProcess } from '../real-pulsar/server-process.ts';
import { GalaxyApi } from './galaxy-api.ts';
import { type JobConfiguration, workingFolder, writeGalaxyFiles } from './galaxy-files.ts';

export type { GalaxyApi } from './galaxy-api.ts';
export type { JobConfiguration } from './galaxy-files.ts';
export { type JobReport, reportJob } from './job-report.ts';

/** Galaxy's programs. */
const galaxyRig = pythonRig('Galaxy 26.1', 'GALAXY_RIG_HOME', 'galaxy-rig', 'npm run setup:galaxy');

/** Whether `npm run setup:galaxy` has been run on this machine. */
export const realGalaxyAvailable = (): boolean => galaxyRig.isAvailable();

/** For `describe.skipIf(!requireRealGalaxy())`. */
export const requireRealGalaxy = (): boolean => galaxyRig.require();

export interface GalaxyOptions {
  readonly job: JobConfiguration;
  /** Where the tools of this fixture run: each is there once for each environment, as `TOOL_ENVIRONMENT`. */
  readonly environments: readonly string[];
  /** Further lines of `galaxy.yml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A running Galaxy with one user. */
export interface RealGalaxy extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  /** As the user. */
  readonly api: GalaxyApi;
  /** SIGTERM, and waits until it has ended. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after {@link stop} or {@link kill}, on the same port and data. */
  start(): Promise<void>;
  /** The last lines that it logged. */
  endOfLog(lines?: number): string;
}

const adminKey = 'bootstrap';
const secondsToStart = 300;

/** Starts a Galaxy on a free port; resolves once it serves: half a minute on an idle machine. */
export async function startGalaxy({ job, environments, settings = {} }: GalaxyOptions): Promise<RealGalaxy> {
  const folder = mkdtempSync(join(tmpdir(), 'real-galaxy-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeGalaxyFiles({ folder, url, job, environments, settings, adminKey });
  const configuration = join(folder, 'galaxy.yml');
  const server = new ServerProcess({
    name: 'Galaxy',
    command: [join(galaxyRig.programs, 'galaxy-web'), '-c', configuration, '-b', `127.0.0.1:${port}`],
    folder: workingFolder(folder),
    environment: {
      ...surroundings(),
      GALAXY_CONFIG_FILE: configuration,
      PATH: `${galaxyRig.programs}:${env.PATH}`,
    },
    logFile: join(folder, 'log'),
    isServing: async () => (await fetch(`${url}/api/version`)).ok,
    patienceMilliseconds: secondsToStart * 1000,
  });
  const onExit = () => {
    killProcessesBelowNow(folder);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', onExit);
  const dispose = async () => {
    await server.end();
    // Jobs of the local runner are in process groups of their own.
    await killProcessesBelow(folder);
    process.off('exit', onExit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await server.start();
    return {
      url,
      folder,
      api: new GalaxyApi(url, await newUser(url)),
      stop: () => server.stop(),
      kill: () => server.kill(),
      start: () => server.start(),
      endOfLog: (lines) => server.endOfLog(lines),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Settings of a Galaxy or Mesos that surrounds the tests are none of ours. */
function surroundings(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(GALAXY|MESOS|PULSAR)_/.test(name)));
}

/** Answers the user's API key. */
async function newUser(url: string): Promise<string> {
  const admin = new GalaxyApi(url, adminKey);
  const account = { username: 'tester', email: 'tester@example.org', password: 'of no account elsewhere' };
  const { id } = await admin.call<{ id: string }>('POST', '/api/users', account);
  return admin.call('POST', `/api/users/${id}/api_key`);
}
