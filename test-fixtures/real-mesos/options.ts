/** Flags by name without dashes in front, such as `{ authenticate_http_readwrite: 'true' }`. */
export type Flags = Readonly<Record<string, string>>;

/** An agent to be started. */
export interface AgentOptions {
  /** As Mesos reads them: `cpus:4;mem:4096;disk:4096;ports:[31000-31100]`. */
  readonly resources: string;
  /** As Mesos reads them: `rack:a;gpu:no`. */
  readonly attributes?: string;
  /** Of this agent alone, such as `{ hostname: 'localhost' }`; it has a process of its own then. */
  readonly flags?: Flags;
}

/** Whom masters and agents know. */
export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

/** A cluster to be started. */
export interface RealMesosOptions {
  readonly agents: readonly AgentOptions[];
  readonly masterFlags?: Flags;
  readonly agentFlags?: Flags;
  /**
   * A process for each master and agent, so that they can be killed, frozen and restarted. Otherwise all
   * share one, which starts faster; it is not for agents that differ, nor for `zookeeper`.
   */
  readonly separateProcesses?: boolean;
  /** `zk://127.0.0.1:2181/mesos`: masters contend for leadership there, and agents find the leader there. */
  readonly zookeeper?: string;
  /** How many masters; more than one needs `zookeeper`. The first leads until something happens to it. */
  readonly masters?: number;
  /**
   * False resolves as soon as the masters answer at all, with 503 perhaps: `No leader elected` while ZooKeeper is
   * missing, or `Master has not finished recovery` with `{ quorum: '2' }` among the master's flags. Agents are
   * started, but not waited for.
   */
  readonly awaitLeader?: boolean;
  /**
   * Those of masters and agents, for HTTP Basic authentication. Who has to authenticate is told by the flags
   * `authenticate_http_frameworks`, `authenticate_http_readonly` and `authenticate_http_readwrite`.
   * With the first one the fixture itself asks how the cluster is doing.
   */
  readonly credentials?: readonly Credential[];
  /** Agents give each executor a token, and refuse one that does not show it. Not together with `credentials`. */
  readonly executorTokens?: boolean;
  /**
   * As Mesos reads them, for masters and agents: `{ update_weights: [{ principals: { values: ['operator'] }, roles: {
   * type: 'ANY' } }] }`. With `permissive: false` nothing else is allowed: agents then need `register_agents`.
   */
  readonly acls?: Readonly<Record<string, unknown>>;
}

/** Short intervals, for tests that do not want to wait. */
const quickFlags: Flags = {
  allocation_interval: '50ms',
  registration_backoff_factor: '50ms',
  authentication_backoff_factor: '50ms',
  // A master or agent that came back is noticed by a ping that did not come: after 5 s instead of 75 s.
  agent_ping_timeout: '1secs',
  // Executors whose agent is gone for good do not linger for the usual 15 minutes.
  recovery_timeout: '1mins',
  // So long ZooKeeper holds on to a leader that is gone.
  zk_session_timeout: '2secs',
};

function toEnvironment(flags: Flags): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [`MESOS_${name.toUpperCase()}`, value]),
  );
}

function agentFlags({ resources, attributes, flags }: AgentOptions): Flags {
  return { ...flags, resources, ...(attributes !== undefined && { attributes }) };
}

/** Where secrets are, and whom agents ask for a master: `HOST:PORT` or `zk://…`. */
export interface Surroundings {
  readonly credentialsFile: string;
  /** What agents sign the tokens of executors with. */
  readonly executorKeyFile: string;
  readonly master: string;
}

/** In the names of masters and of agents: an agent's process has a master too, which idles but reads its flags. */
function securityFlags(options: RealMesosOptions, { credentialsFile, executorKeyFile }: Surroundings): Flags {
  const { credentials, executorTokens, acls } = options;
  const file = `file://${credentialsFile}`;
  return {
    ...(credentials && { credentials: file, http_credentials: file, http_framework_authenticators: 'basic' }),
    ...(executorTokens && {
      authenticate_http_executors: 'true',
      http_authenticators: 'jwt',
      executor_secret_key: executorKeyFile,
    }),
    ...(acls && { acls: JSON.stringify(acls) }),
  };
}

function commonFlags(options: RealMesosOptions, surroundings: Surroundings): Flags {
  return { ...quickFlags, ...securityFlags(options, surroundings) };
}

/** Of the process of one master alone. */
export function masterEnvironment(
  options: RealMesosOptions,
  surroundings: Surroundings,
): Record<string, string> {
  // What redirections name is what the URLs of this fixture name.
  const election = options.zookeeper !== undefined && { zk: options.zookeeper, hostname: '127.0.0.1' };
  return toEnvironment({ ...commonFlags(options, surroundings), ...election, ...options.masterFlags });
}

/** Of the process of one agent. */
export function agentEnvironment(
  options: RealMesosOptions,
  surroundings: Surroundings,
  agent: AgentOptions,
): Record<string, string> {
  const flags = { ...commonFlags(options, surroundings), ...options.agentFlags, ...agentFlags(agent) };
  return { RIG_MASTER: surroundings.master, ...toEnvironment(flags) };
}

/** Of the one process of a master and all its agents, which are alike. */
export function sharedEnvironment(
  options: RealMesosOptions,
  surroundings: Surroundings,
): Record<string, string> {
  const [first] = options.agents;
  const flags = { ...commonFlags(options, surroundings), ...options.agentFlags, ...options.masterFlags };
  const { agents } = options;
  return {
    RIG_AGENTS: String(agents.length),
    ...toEnvironment({ ...flags, ...(first && agentFlags(first)) }),
  };
}

/**
 * Whether each master and agent gets a process of its own.
 * @throws Error if that is ruled out by the options and needed as well.
 */
export function needsSeparateProcesses(options: RealMesosOptions): boolean {
  const { agents, masters = 1, zookeeper, awaitLeader = true } = options;
  if (masters > 1 && zookeeper === undefined)
    throw new Error('several masters need zookeeper: zk://HOST:PORT/PATH');
  if (options.executorTokens && options.credentials)
    throw new Error('a cluster has executorTokens or credentials, not both');
  const [first] = agents;
  const alike = agents.every(
    ({ resources, attributes, flags }) =>
      resources === first?.resources && attributes === first.attributes && flags === undefined,
  );
  const needed = !alike || agents.length === 0 || zookeeper !== undefined || !awaitLeader;
  if (needed && options.separateProcesses === false)
    throw new Error('separateProcesses: false is for one master and agents that are alike');
  return options.separateProcesses ?? needed;
}
