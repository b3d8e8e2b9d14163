import { MesosError } from '../mesos-error.ts';
import { parseDuration } from './duration.ts';

/** What an agent tells an executor as it starts it. Durations are in milliseconds. */
export interface ExecutorEnvironment {
  readonly frameworkId: string;
  readonly executorId: string;
  /** Where the agent takes calls of executors, such as `http://127.0.0.1:5051/slave(1)/api/v1/executor`. */
  readonly endpoint: URL;
  /** The agent's UNIX socket for executors, where it has one (`--http_executor_domain_sockets`). */
  readonly socketPath?: string;
  /** Proves to the agent which executor this is, where it wants that (`--authenticate_http_executors`). */
  readonly credential?: { readonly token: string };
  /** The folder for files of this executor and its tasks. */
  readonly sandbox: string;
  /** How long an agent that is away is waited for; 0 where the framework does not checkpoint. */
  readonly recoveryTimeout: number;
  /** The longest pause between two tries to subscribe. */
  readonly maximumBackoff: number;
  /** How long after SHUTDOWN the agent kills whatever is left of this executor. */
  readonly shutdownGrace: number;
}

/** The variables of a process. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Mesos's own defaults, for what older agents leave out. */
const defaults = { recoveryTimeout: '15mins', maximumBackoff: '2secs', shutdownGrace: '5secs' } as const;

function wrong(name: string, problem: string): MesosError {
  return new MesosError(
    'NOT_AN_EXECUTOR',
    `${name} ${problem}; a Mesos agent sets it for the executors that it starts`,
    { setting: name },
  );
}

const settingOf = (variables: Variables, name: string): string | undefined => variables[name] || undefined;

function required(variables: Variables, name: string): string {
  const value = settingOf(variables, name);
  if (value === undefined) throw wrong(name, 'is not set');
  return value;
}

function duration(variables: Variables, name: string, missing: string): number {
  const value = settingOf(variables, name) ?? missing;
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined)
    throw wrong(name, `is ${JSON.stringify(value)}: expected a duration such as 15mins`);
  return milliseconds;
}

function flag(variables: Variables, name: string): boolean {
  const value = settingOf(variables, name) ?? '0';
  if (value !== '0' && value !== '1') throw wrong(name, `is ${JSON.stringify(value)}: expected 0 or 1`);
  return value === '1';
}

/**
 * The path with the name of the agent's process, as in `slave(1)@127.0.0.1:5051`: over its UNIX socket an agent takes
 * no other, and several agents in one process tell each other apart by it.
 */
function pathOf(variables: Variables): string {
  const pid = settingOf(variables, 'MESOS_SLAVE_PID');
  if (pid === undefined) return '/api/v1/executor';
  const [, name] = /^([^@/]+)@./.exec(pid) ?? [];
  if (name === undefined)
    throw wrong('MESOS_SLAVE_PID', `is ${JSON.stringify(pid)}: expected slave(1)@host:port`);
  return `/${name}/api/v1/executor`;
}

function endpointOf(variables: Variables): URL {
  const address = required(variables, 'MESOS_AGENT_ENDPOINT');
  const isSecure = /^(?:1|true)$/.test(variables.LIBPROCESS_SSL_ENABLED ?? '');
  const url = `${isSecure ? 'https' : 'http'}://${address}`;
  if (!/^[^/?#@]+:\d+$/.test(address) || !URL.canParse(url))
    throw wrong('MESOS_AGENT_ENDPOINT', `is ${JSON.stringify(address)}: expected host:port`);
  return new URL(pathOf(variables), url);
}

function sandboxOf(variables: Variables): string {
  const folder = settingOf(variables, 'MESOS_SANDBOX') ?? settingOf(variables, 'MESOS_DIRECTORY');
  if (folder === undefined) throw wrong('MESOS_SANDBOX', 'is not set');
  return folder;
}

/**
 * Reads what Mesos has put into the environment of an executor. Throws NOT_AN_EXECUTOR, which names the variable
 * that is missing or wrong. The token, MESOS_EXECUTOR_AUTHENTICATION_TOKEN, is this process's own: do not hand
 * it on to tasks.
 */
export function readExecutorEnvironment(variables: Variables = process.env): ExecutorEnvironment {
  const token = settingOf(variables, 'MESOS_EXECUTOR_AUTHENTICATION_TOKEN');
  const socketPath = settingOf(variables, 'MESOS_DOMAIN_SOCKET');
  const isCheckpointing = flag(variables, 'MESOS_CHECKPOINT');
  const recoveryTimeout = duration(variables, 'MESOS_RECOVERY_TIMEOUT', defaults.recoveryTimeout);
  return {
    frameworkId: required(variables, 'MESOS_FRAMEWORK_ID'),
    executorId: required(variables, 'MESOS_EXECUTOR_ID'),
    endpoint: endpointOf(variables),
    sandbox: sandboxOf(variables),
    recoveryTimeout: isCheckpointing ? recoveryTimeout : 0,
    maximumBackoff: duration(variables, 'MESOS_SUBSCRIPTION_BACKOFF_MAX', defaults.maximumBackoff),
    shutdownGrace: duration(variables, 'MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD', defaults.shutdownGrace),
    ...(socketPath !== undefined && { socketPath }),
    ...(token !== undefined && { credential: { token } }),
  };
}
