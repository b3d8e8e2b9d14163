/** The flags of `galaxy-mesos daemon`, as commander reads them: nothing is checked yet. */
export interface DaemonFlags {
  readonly listen?: string;
  readonly openToEveryone?: boolean;
  readonly state?: string;
  readonly store?: string;
  readonly standby?: boolean;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly mesos?: string;
  readonly config?: string;
  readonly staging?: string;
  readonly agentUrl?: string;
  readonly runAs?: string;
  readonly logLevel?: string;
  readonly debug?: boolean;
  readonly checkConfig?: boolean;
}

/** A flag, in commander's syntax. */
export interface DaemonOption {
  readonly flags: string;
  readonly description: string;
}

/** All flags of `galaxy-mesos daemon`. */
export const daemonOptions: readonly DaemonOption[] = [
  { flags: '--config <file>', description: 'all settings, in YAML; flags overrule it' },
  { flags: '--check-config', description: 'look whether the configuration is right, and end' },
  { flags: '--listen <host:port>', description: 'where to listen (default: 127.0.0.1:8913)' },
  {
    flags: '--state <directory>',
    description: 'where everything is kept (default: ~/.local/state/galaxy-mesos)',
  },
  {
    flags: '--token <token>',
    description: 'what clients must show; better in a file, as all see command lines',
  },
  { flags: '--token-file <file>', description: 'the file in which that token stands' },
  {
    flags: '--open-to-everyone',
    description:
      'listen on other addresses than loopback without a token: anybody there may run commands here',
  },
  {
    flags: '--mesos <url>',
    description:
      'where jobs run: HOST:5050, http(s)://HOST:PORT[,...], zk://..., cluster:NAME or local (default: $MESOS_URL, else local)',
  },
  {
    flags: '--staging <mode>',
    description: 'shared: agents see the state directory; http: files travel by HTTP (default: shared)',
  },
  { flags: '--agent-url <url>', description: 'how agents reach this daemon, for --staging http' },
  { flags: '--run-as <user>', description: 'the user as whom jobs run; needed when started as root' },
  {
    flags: '--store <url>',
    description: 'postgres://USER@HOST/DATABASE, for daemons that stand by for one another',
  },
  { flags: '--standby', description: 'wait while another daemon has the state, instead of ending' },
  { flags: '--log-level <level>', description: 'error, warn, info or debug (default: info)' },
  { flags: '--debug', description: 'log everything, and where errors come from' },
];

/** What follows the options in the help. */
export const daemonHelp = `
SIGHUP reads the configuration again; SIGTERM ends the daemon and leaves jobs running, for the next start to find.

Example:
  galaxy-mesos daemon --mesos 10.0.0.1:5050 --listen 0.0.0.0:8913 --token-file /etc/galaxy-mesos/token
  galaxy-mesos doctor --galaxy --daemon http://127.0.0.1:8913     prints what to add to Galaxy's job_conf.yml`;
