import { LocalDriver, MesosDriver } from '@galaxy-mesos/drivers';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import type { Settings } from '../configuration/settings.ts';
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

const secondsPerHour = 3600;

/** The one place where it is decided what runs on a cluster and what on this machine. */
export function composeDriver(settings: Settings, wiring: DriverWiring): ClusterDriver {
  const { cluster, configuration, mesosSecret } = settings;
  const { mesos, local, run_as } = configuration;
  const { state, frameworkId, onWarning, signal } = wiring;
  if (cluster.kind === 'local') {
    const { environment: names, ...resources } = local;
    const environment = inherited(process.env, names);
    return new LocalDriver({ sandboxRoot: state.sandboxes, resources, environment, niceness });
  }
  return new MesosDriver({
    master: cluster.master,
    frameworkName: mesos.framework_name,
    roles: [mesos.role],
    gpu: mesos.gpus,
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
