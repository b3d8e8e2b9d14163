import { setTimeout as pause } from 'node:timers/promises';
import { LocalDriver, MesosDriver, type MesosDriverOptions } from '@galaxy-mesos/drivers';
import { clusterGpus, lastingMasterAccess } from '@galaxy-mesos/queue-cluster';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import type { Settings } from '../configuration/settings.ts';
import { LateDriver } from './late-driver.ts';
import { troubleOf } from './queue-cluster.ts';
import type { StateDirectory } from './state-directory.ts';

/** What drivers are told besides the settings. */
export interface DriverWiring {
  readonly state: StateDirectory;
  /** To go on as this framework. */
  readonly frameworkId: string | undefined;
  readonly onWarning: (message: string) => void;
  /** Gives up connecting. */
  readonly signal: AbortSignal;
}

/** Jobs are taken while no master can be reached: it is tried for as long as a timer of Node can be set for. */
const connectTimeoutSeconds = 2_000_000;

/** Galaxy asks the daemon for the state of jobs all the time, and would wait for the jobs themselves. */
const niceness = 5;

/** How often it is looked whether a cluster in a queue is there. */
const lookMilliseconds = 2000;

const secondsPerHour = 3600;

/** The one place where it is decided what runs on a cluster and what on this machine. */
export function composeDriver(settings: Settings, wiring: DriverWiring): ClusterDriver {
  const { cluster, queueCluster, configuration } = settings;
  const { local } = configuration;
  const { state, signal } = wiring;
  if (cluster.kind === 'local') {
    const { environment: names, ...resources } = local;
    const environment = inherited(process.env, names);
    return new LocalDriver({ sandboxRoot: state.sandboxes, resources, environment, niceness });
  }
  if (!queueCluster) return mesosDriver(settings, cluster, wiring);
  return new LateDriver({
    trouble: () => troubleOf(queueCluster, Object.hasOwn(configuration.clusters, queueCluster.name)),
    make: async () => {
      // Its launcher lays out what it wants to see when it starts.
      const access = lastingMasterAccess(queueCluster.directory);
      return mesosDriver(settings, { ...access, gpu: await hasGpus(access.master) }, wiring);
    },
    pause: (until) => pause(lookMilliseconds, undefined, { signal: until }),
    signal,
  });
}

/**
 * Whether agents of a cluster may have graphics processors, and then be the only ones. Its pools may be others later; a
 * master that was there before has agents of others, which are not all to be used.
 */
async function hasGpus(master: string): Promise<boolean> {
  const gpus = await clusterGpus(master);
  return gpus !== undefined && (gpus.most > 0 || !gpus.hasOtherAgents);
}

/** The master of a cluster, what it wants to see, by what it is known, and what its agents may have. */
type Master = Pick<MesosDriverOptions, 'master' | 'credential' | 'credentialFile' | 'tls' | 'gpu'>;

function mesosDriver(settings: Settings, master: Master, wiring: DriverWiring): ClusterDriver {
  const { configuration, mesosSecret } = settings;
  const { mesos, run_as } = configuration;
  const { frameworkId, onWarning, signal } = wiring;
  return new MesosDriver({
    ...master,
    frameworkName: mesos.framework_name,
    roles: [mesos.role],
    gpu: mesos.gpus || master.gpu === true,
    failoverTimeoutSeconds: mesos.failover_hours * secondsPerHour,
    connectTimeoutSeconds,
    onWarning,
    signal,
    ...(run_as !== undefined && { user: run_as }),
    ...(frameworkId !== undefined && { frameworkId }),
    ...(mesos.principal !== undefined &&
      mesosSecret !== undefined && { credential: { principal: mesos.principal, secret: mesosSecret } }),
  });
}

/** What every job gets of the daemon's environment: what else is in it may be a secret, or lead a tool astray. */
const inheritedNames = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

const inherited = (
  environment: NodeJS.ProcessEnv,
  names: readonly string[],
): Record<string, string | undefined> =>
  Object.fromEntries([...inheritedNames, ...names].map((name) => [name, environment[name]]));
