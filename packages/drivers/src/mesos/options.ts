import { userInfo } from 'node:os';
import type { Credential, mesos, TlsOptions } from '@galaxy-mesos/mesos-client';
import type { Resources } from '@galaxy-mesos/scheduler';
import { DriverError } from '../errors.ts';
import { defaultGroupExecutor } from './group-executor.ts';

/** How to make a {@link MesosDriver}. Only `master` and `frameworkName` must be given. */
export interface MesosDriverOptions {
  /** `host:5050`, `http://host:5050`, or several masters with commas between. */
  readonly master: string;
  readonly frameworkName: string;
  /** To go on as this framework, with what it runs. */
  readonly frameworkId?: string;
  /** The roles whose resources are wanted. Default `*` alone. */
  readonly roles?: readonly string[];
  /** Agents with graphics processors, which Mesos keeps for those that say so, also while no wish is for such. Default false. */
  readonly gpu?: boolean;
  /** Also resources that may be taken away at any time. Default false. */
  readonly revocable?: boolean;
  /** Also agents of other regions than the master's. Default false. */
  readonly allRegions?: boolean;
  /** What the executor has that Mesos runs for each group of launches. Default: the least that Mesos takes. */
  readonly groupExecutor?: Resources;
  /** The user as whom tasks run on the agents. Default: the one of this process. */
  readonly user?: string;
  readonly credential?: Credential;
  /**
   * A file that holds it, as Mesos's own `--credential` reads it: tasks are told its name, by which those that are
   * frameworks themselves, and may read it, are let in.
   */
  readonly credentialFile?: string;
  /** For `https`. */
  readonly tls?: TlsOptions;
  /**
   * How long the master keeps the framework and its tasks while no driver is connected. Default 60: enough for
   * a connection that breaks, too little for a program that is started again by hand. With 0 all tasks are
   * killed as soon as the connection breaks.
   */
  readonly failoverTimeoutSeconds?: number;
  /** Between SIGTERM and SIGKILL where Mesos's executor heeds only what the task says. Default 3, as in Mesos. */
  readonly killGraceSeconds?: number;
  /** How long `start` tries to reach a master. Default 30. */
  readonly connectTimeoutSeconds?: number;
  /** Is told, for people, what does not work on this cluster, and goes on without. Default: a warning of Node. */
  readonly onWarning?: (message: string) => void;
  /** Ends an attempt to connect. A driver that is connected is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/** Options with every default filled in. */
export type MesosSettings = MesosDriverOptions &
  Required<
    Pick<
      MesosDriverOptions,
      | 'roles'
      | 'user'
      | 'groupExecutor'
      | 'onWarning'
      | 'failoverTimeoutSeconds'
      | 'killGraceSeconds'
      | 'connectTimeoutSeconds'
    >
  >;

const durations = ['failoverTimeoutSeconds', 'killGraceSeconds', 'connectTimeoutSeconds'] as const;

/** A process in a container can run as a user id without a name. */
const currentUser = (): string => {
  try {
    return userInfo().username;
  } catch (cause) {
    const message = `user must be given, because the user of this process has no name`;
    throw new DriverError('INVALID_OPTION', message, { cause });
  }
};

/** @throws DriverError INVALID_OPTION */
export const settle = (options: MesosDriverOptions): MesosSettings => {
  const settings = {
    roles: ['*'],
    groupExecutor: defaultGroupExecutor,
    onWarning: (message: string) => process.emitWarning(message, 'MesosDriverWarning'),
    failoverTimeoutSeconds: 60,
    killGraceSeconds: 3,
    connectTimeoutSeconds: 30,
    ...options,
    user: options.user ?? currentUser(),
  };
  if (settings.roles.length === 0)
    throw new DriverError('INVALID_OPTION', 'roles must name at least one role, and is empty');
  for (const name of durations) {
    const seconds = settings[name];
    if (Number.isFinite(seconds) && seconds >= 0) continue;
    const message = `${name} must be a number that is not negative, and is ${seconds}`;
    throw new DriverError('INVALID_OPTION', message);
  }
  return settings;
};

const capabilities = [
  'MULTI_ROLE',
  'RESERVATION_REFINEMENT',
  'PARTITION_AWARE',
  'TASK_KILLING_STATE',
  'SHARED_RESOURCES',
] as const;

const capabilitiesOf = ({ gpu, revocable, allRegions }: MesosSettings): mesos.FrameworkInfo.Capability[] =>
  [
    ...capabilities,
    ...(gpu ? (['GPU_RESOURCES'] as const) : []),
    ...(revocable ? (['REVOCABLE_RESOURCES'] as const) : []),
    ...(allRegions ? (['REGION_AWARE'] as const) : []),
  ].map((type) => ({ type }));

/** What the driver subscribes as. */
export const frameworkInfo = (settings: MesosSettings): mesos.FrameworkInfo => ({
  name: settings.frameworkName,
  user: settings.user,
  roles: settings.roles,
  capabilities: capabilitiesOf(settings),
  // Tasks of an agent that restarts go on.
  checkpoint: true,
  failover_timeout: settings.failoverTimeoutSeconds,
  ...(settings.frameworkId !== undefined && { id: { value: settings.frameworkId } }),
  ...(settings.credential &&
    'principal' in settings.credential && { principal: settings.credential.principal }),
});
