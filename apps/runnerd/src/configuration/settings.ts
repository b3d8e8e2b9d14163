import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Cluster, clusterOf } from '@galaxy-mesos/drivers';
import type { AccessToken } from '@galaxy-mesos/front-doors';
import { clusterFile } from '@galaxy-mesos/queue-cluster';
import { type QueueCluster, queueCluster } from '../life/queue-cluster.ts';
import { messageOf } from '../runnerd-error.ts';
import type { DocumentPath } from './document.ts';
import type { ConfigurationProblem } from './problem.ts';
import type { Configuration } from './schema.ts';
import { type Certificate, readCertificate } from './tls-files.ts';
import { readToken, type TokenReader } from './tokens.ts';
import { type Address, describeAddress, isLoopback, isWildcard, parseAddress } from './values.ts';

/** What the daemon goes by: configuration, flags and environment as one, checked together. */
export interface Settings {
  /** As it was read, flags included; paths are absolute. */
  readonly configuration: Configuration;
  readonly address: Address;
  readonly tokens: readonly AccessToken[];
  /** Absent: no TLS. */
  readonly certificate?: Certificate;
  readonly cluster: Cluster;
  /** The cluster in a batch queue that {@link cluster} is, where its name was given. */
  readonly queueCluster?: QueueCluster;
  /** The directory of all state. */
  readonly state: string;
  /** How agents reach the daemon. */
  readonly agentUrl: string;
  /** The secret of `mesos.principal`. */
  readonly mesosSecret?: string;
  /** Where packages are looked for: where the configuration file lies, or else where the daemon was started. */
  readonly directory: string;
  /** What is allowed but hardly meant; for the log. */
  readonly warnings: readonly string[];
}

/** What settings depend on besides the configuration. */
export interface SettingsSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** See {@link Settings.directory}. */
  readonly directory: string;
  /** The user id of this process. */
  readonly userId: number;
  readonly readSecret: TokenReader;
  /** Where a setting stands, for messages: in the file, or the flag. */
  placeOf(setting: DocumentPath): string;
}

/** Settings, or what is wrong with them. */
export type Settled =
  | { readonly settings: Settings; readonly problems: readonly [] }
  | { readonly settings?: never; readonly problems: readonly ConfigurationProblem[] };

/** Puts a configuration together with what is around it, and checks what no setting tells by itself. */
export function settle(configuration: Configuration, surroundings: SettingsSurroundings): Settled {
  const problems: ConfigurationProblem[] = [];
  const warnings: string[] = [];
  const { placeOf, userId, environment } = surroundings;
  const refuse = (setting: DocumentPath, text: string) =>
    problems.push({ place: placeOf(setting), text: `${setting.map(String).join('.')}: ${text}` });

  const address = parseAddress(configuration.listen) ?? { host: '127.0.0.1', port: 0 };
  const { cluster, queueCluster } = settledCluster(configuration, surroundings, problems);
  checkClusterNames(configuration, environment, refuse);
  const tokens = settledTokens(configuration, surroundings.readSecret, refuse, warnings);
  checkOpenness(configuration, address, refuse, warnings);
  checkUser(configuration, cluster, userId, refuse, warnings);
  const mesosSecret = settledSecret(configuration, surroundings.readSecret, refuse);
  const certificate = settledCertificate(configuration, surroundings.readSecret, refuse);
  const agentUrl = (configuration.agent_url ?? ownUrl(address, configuration.tls !== undefined)).replace(
    /\/+$/,
    '',
  );
  checkAgentUrl(configuration, cluster, agentUrl, warnings);
  if (problems.length > 0) return { problems };
  const settings: Settings = {
    configuration,
    address,
    tokens,
    cluster,
    ...(queueCluster && { queueCluster }),
    state: configuration.state ?? defaultState(environment),
    agentUrl,
    directory: surroundings.directory,
    ...(mesosSecret !== undefined && { mesosSecret }),
    ...(certificate && { certificate }),
    warnings,
  };
  return { settings, problems: [] };
}

type Refuse = (setting: DocumentPath, text: string) => void;

const asRoot =
  'this is root, and jobs are other people’s commands: name the user as whom they run, --run-as galaxy, or start the ' +
  'daemon as that user; --run-as root, if that is what you mean';

const notWithoutToken = (address: Address): string =>
  `${describeAddress(address)} can be reached from other machines, and no token is set: anybody there could run ` +
  'commands here. Set one (--token-file FILE), or say --open-to-everyone if that is what you mean';

function checkOpenness(
  configuration: Configuration,
  address: Address,
  refuse: Refuse,
  warnings: string[],
): void {
  if (isLoopback(address) || Object.keys(configuration.tokens).length > 0) return;
  if (configuration.open_to_everyone) {
    warnings.push(`anybody who reaches ${describeAddress(address)} may run commands here: no token is set`);
  } else refuse(['listen'], notWithoutToken(address));
}

function checkUser(
  { run_as }: Configuration,
  cluster: Cluster,
  userId: number,
  refuse: Refuse,
  warnings: string[],
): void {
  if (userId === 0 && run_as === undefined) refuse(['run_as'], asRoot);
  if (run_as === 'root') warnings.push('jobs run as root, because run_as says so');
  if (run_as !== undefined && userId !== 0 && cluster.kind === 'local') {
    refuse(['run_as'], 'only a daemon that is started as root can run jobs on this machine as another user');
  }
}

function checkAgentUrl(
  { staging }: Configuration,
  cluster: Cluster,
  agentUrl: string,
  warnings: string[],
): void {
  const host = new URL(agentUrl).hostname.replace(/^\[(.*)\]$/, '$1');
  if (staging !== 'http' || cluster.kind === 'local' || !isLoopback({ host })) return;
  warnings.push(`agents on other machines cannot reach ${agentUrl}: set agent_url, and listen there`);
}

/** A cluster, and which one in a batch queue it is, if it is one. */
type ChosenCluster = Pick<Settings, 'cluster' | 'queueCluster'>;

const byName = 'cluster:';

function settledCluster(
  { mesos }: Configuration,
  { environment, placeOf }: SettingsSurroundings,
  problems: ConfigurationProblem[],
): ChosenCluster {
  const url = (mesos.url ?? environment.MESOS_URL)?.trim();
  try {
    if (!url?.startsWith(byName)) {
      return { cluster: clusterOf(url, mesos.url === undefined ? 'MESOS_URL' : 'mesos.url') };
    }
    const found = queueCluster(url.slice(byName.length), environment);
    // Its launcher keeps the address of the master there, which may move.
    const master = pathToFileURL(clusterFile(found.directory, 'address')).href;
    return { cluster: { kind: 'mesos', master }, queueCluster: found };
  } catch (error) {
    const place = mesos.url === undefined ? 'the environment' : placeOf(['mesos', 'url']);
    problems.push({ place, text: messageOf(error).replaceAll(/\[\w+\] /g, '') });
    return { cluster: { kind: 'local' } };
  }
}

function checkClusterNames(
  { clusters }: Configuration,
  environment: NodeJS.ProcessEnv,
  refuse: Refuse,
): void {
  for (const name of Object.keys(clusters)) {
    try {
      queueCluster(name, environment);
    } catch (error) {
      refuse(['clusters', name], messageOf(error).replace(/^\[\w+\] /, ''));
    }
  }
}

function settledTokens(
  configuration: Configuration,
  read: TokenReader,
  refuse: Refuse,
  warnings: string[],
): AccessToken[] {
  const names = new Map<string, string>();
  return Object.entries(configuration.tokens).flatMap(([name, { value, file, admin }]) => {
    const found = value === undefined ? readToken(file ?? '', read) : { token: value };
    if (found.problem !== undefined) {
      refuse(['tokens', name, 'file'], found.problem);
      return [];
    }
    const other = names.get(found.token);
    if (other !== undefined) refuse(['tokens', name], `this is the same token as that of ${other}`);
    names.set(found.token, name);
    if (found.warning !== undefined) warnings.push(found.warning);
    return [{ name, token: found.token, isAdmin: admin }];
  });
}

function settledSecret({ mesos }: Configuration, read: TokenReader, refuse: Refuse): string | undefined {
  if (mesos.principal === undefined && mesos.secret_file === undefined) return undefined;
  if (mesos.principal === undefined || mesos.secret_file === undefined) {
    refuse(['mesos'], 'principal and secret_file are given together or not at all');
    return undefined;
  }
  const found = readToken(mesos.secret_file, read, 1);
  if (found.problem !== undefined) refuse(['mesos', 'secret_file'], found.problem);
  return found.token;
}

function settledCertificate(
  { tls }: Configuration,
  read: TokenReader,
  refuse: Refuse,
): Certificate | undefined {
  if (!tls) return undefined;
  const found = readCertificate(tls, (file) => read(file).text);
  if (found.problem === undefined) return found.certificate;
  refuse(['tls', found.setting], found.problem);
  return undefined;
}

function defaultState(environment: NodeJS.ProcessEnv): string {
  const home = environment.XDG_STATE_HOME;
  const above = home && path.isAbsolute(home) ? home : path.join(homedir(), '.local', 'state');
  return path.join(above, 'galaxy-mesos');
}

/** The address as others can use it, as far as that can be known; the port may be found out only by listening. */
export function ownUrl(address: Address, isSecure: boolean): string {
  const host = isWildcard(address) ? hostname() : address.host;
  return `${isSecure ? 'https' : 'http'}://${describeAddress({ host, port: address.port })}`;
}
