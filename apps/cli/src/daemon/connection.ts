import { readFileSync } from 'node:fs';
import { createClient, type DaemonClient } from '@galaxy-mesos/front-doors/client';
import { type Command, Option } from 'commander';
import { existingFile } from '../input-files.ts';
import { UsageError } from '../usage-error.ts';

/** The options by which a daemon is found. */
export interface ConnectionOptions {
  readonly daemon?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

/** Where a daemon listens that is told nothing. */
const defaultDaemon = 'http://127.0.0.1:8913';

/** Adds the options of {@link ConnectionOptions} to a command. */
export const withConnection = (command: Command): Command =>
  command
    .addOption(
      new Option('--daemon <url>', `the daemon (default: $GALAXY_MESOS_DAEMON, else ${defaultDaemon})`),
    )
    .addOption(
      new Option('--token <token>', 'what it asks for (default: $GALAXY_MESOS_TOKEN); all see command lines'),
    )
    .addOption(new Option('--token-file <file>', 'the file in which the token stands').conflicts('token'));

/** A daemon to ask. */
export interface Connection {
  readonly daemon: DaemonClient;
  /** Whether one comes with a token. */
  readonly hasToken: boolean;
}

/**
 * A client of the daemon that the options name, or else the environment.
 * @throws UsageError
 */
export function connect(options: ConnectionOptions, environment: NodeJS.ProcessEnv): Connection {
  const url = options.daemon ?? (environment.GALAXY_MESOS_DAEMON || defaultDaemon);
  const source = options.daemon === undefined ? 'GALAXY_MESOS_DAEMON' : '--daemon';
  checkUrl(url, source);
  const token = chosenToken(options, environment);
  const client = createClient({ url, ...(token !== undefined && { token }) });
  return { daemon: client, hasToken: token !== undefined };
}

function checkUrl(url: string, source: string): void {
  const { protocol, username, search } = URL.canParse(url) ? new URL(url) : {};
  if ((protocol !== 'http:' && protocol !== 'https:') || username || search) {
    throw new UsageError(`${source} ${url}: expected the address of a daemon, such as ${defaultDaemon}`);
  }
}

function chosenToken(
  { token, tokenFile }: ConnectionOptions,
  { GALAXY_MESOS_TOKEN: ofEnvironment }: NodeJS.ProcessEnv,
): string | undefined {
  if (token !== undefined) return checkedToken(token, '--token');
  if (tokenFile !== undefined) {
    const text = readFileSync(existingFile(tokenFile, '--token-file').path, 'utf8').trim();
    return checkedToken(text, `--token-file ${tokenFile}`);
  }
  return ofEnvironment ? checkedToken(ofEnvironment, 'GALAXY_MESOS_TOKEN') : undefined;
}

/** What a header can say: a token of other characters no daemon has. */
function checkedToken(text: string, source: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new UsageError(`${source}: expected one word, the token, and nothing else`);
}
