import { checkModules } from '@galaxy-mesos/job-runner';
import { openJobStore, StoreError } from '@galaxy-mesos/job-store';
import type { Logger } from 'pino';
import type { DaemonFlags } from './configuration/flags.ts';
import { loadSettings } from './configuration/load-settings.ts';
import { describeProblem } from './configuration/problem.ts';
import type { Settings } from './configuration/settings.ts';
import type { End } from './life/ending.ts';
import { findUser, type SystemUser } from './life/find-user.ts';
import { lead } from './life/lead.ts';
import { closedTo } from './life/passage.ts';
import { Reloads } from './life/reloads.ts';
import { prepareState, type StateDirectory } from './life/state-directory.ts';
import { onStopSignals } from './life/stop-signals.ts';
import { createLogger } from './log/logger.ts';
import { messageOf, RunnerdError } from './runnerd-error.ts';

/** As the command's other subcommands have it: 1 went wrong, 2 was asked for wrongly. */
const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** Codes in front of messages are for programs. */
const withoutCode = (message: string): string => message.replace(/^\[\w+\] /, '');

const complain = (text: string): void => void process.stderr.write(`galaxy-mesos: ${text}\n`);

/** Runs the daemon until it is told to stop, and answers the exit status; says on stderr why it did not run. */
export async function runDaemon(flags: DaemonFlags): Promise<number> {
  const surroundings = {
    environment: process.env,
    directory: process.cwd(),
    userId: process.getuid?.() ?? -1,
  };
  const load = () => loadSettings(flags, surroundings);
  const { settings, problems } = load();
  if (!settings) {
    for (const problem of problems) complain(describeProblem(problem));
    return exitCodes.usage;
  }
  const stop = onStopSignals();
  try {
    if (flags.checkConfig) return await approve(settings, stop.signal);
    await run(settings, load, stop.signal);
    return exitCodes.ok;
  } catch (error) {
    complain(withoutCode(messageOf(error)));
    if (flags.debug && error instanceof Error) complain(error.stack ?? '');
    return error instanceof RunnerdError && error.code === 'USAGE' ? exitCodes.usage : exitCodes.failed;
  } finally {
    stop.dispose();
  }
}

async function approve(settings: Settings, stop: AbortSignal): Promise<number> {
  for (const warning of settings.warnings) complain(`warning: ${warning}`);
  await strategyModulesOf(settings, ownerOfJobs(settings), stop);
  process.stdout.write('the configuration is right\n');
  return exitCodes.ok;
}

async function run(
  settings: Settings,
  load: () => ReturnType<typeof loadSettings>,
  stop: AbortSignal,
): Promise<void> {
  const log = createLogger(settings.configuration.log_level, process.stderr);
  for (const warning of settings.warnings) log.warn(warning);
  const reloads = new Reloads(settings, load, log);
  const reload = () => void reloads.reload();
  process.on('SIGHUP', reload);
  const endUnforeseen = logUnforeseen(log);
  try {
    const owner = ownerOfJobs(settings);
    const { run_as } = settings.configuration;
    if (run_as !== undefined && !owner && process.getuid?.() === 0)
      log.warn(
        { run_as },
        'jobs that are to be split are refused: this machine does not know the user run_as',
      );
    const strategyModules = await strategyModulesOf(settings, owner, stop);
    if (!strategyModules) return;
    const state = prepareState(settings.state, owner?.gid);
    const closed = owner && closedTo(owner, state.root);
    if (closed !== undefined)
      log.warn(
        { state: state.root },
        `jobs cannot get at their files: ${settings.configuration.run_as} may not pass through ${closed}`,
      );
    let end: End = 'again';
    for (let isFirst = true; end === 'again'; isFirst = false) {
      end = await withStore({ reloads, state, owner, strategyModules, log, stop, isAgain: !isFirst });
    }
    log.info('stopped; jobs that run go on, and are found again by the next start');
  } finally {
    process.off('SIGHUP', reload);
    endUnforeseen();
  }
}

/** What nobody foresaw ends the daemon at once, which loses nothing; the log has it as one event, as all else. */
function logUnforeseen(log: Logger): () => void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'something went wrong that nobody foresaw; please report it');
    process.exit(exitCodes.failed);
  };
  process.on('uncaughtException', end);
  return () => process.off('uncaughtException', end);
}

/**
 * The user as whom jobs run, where the daemon is root and they are not.
 * @throws RunnerdError `USAGE`
 */
function ownerOfJobs({ configuration, cluster }: Settings): SystemUser | undefined {
  const { run_as } = configuration;
  if (run_as === undefined || process.getuid?.() !== 0) return undefined;
  const found = findUser(run_as);
  // On a cluster it is the agents that need to know the user.
  if (found || cluster.kind === 'mesos') return found;
  throw new RunnerdError(
    'USAGE',
    `run_as: there is no user ${run_as} on this machine; make it, or name another`,
  );
}

/**
 * The modules that `strategies` names. This process runs nothing of them.
 * @returns nothing if it was told to stop meanwhile
 * @throws RunnerdError `USAGE`
 */
async function strategyModulesOf(
  { configuration, directory }: Settings,
  owner: SystemUser | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    return await checkModules({ names: configuration.strategies, directory, owner, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw new RunnerdError('USAGE', `strategies: ${withoutCode(messageOf(error))}`, error);
  }
}

/** What the daemon needs to work on a store. */
interface Work {
  readonly reloads: Reloads;
  readonly state: StateDirectory;
  /** Whose the files are that jobs make, where that is not this process's user. */
  readonly owner: SystemUser | undefined;
  readonly strategyModules: readonly string[];
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** It had the store before: it has told where it listens, and stands by though it was not asked to. */
  readonly isAgain: boolean;
}

async function withStore({ reloads, state, owner, strategyModules, log, stop, isAgain }: Work): Promise<End> {
  const { configuration } = reloads.settings;
  const wait = isAgain || configuration.standby || configuration.store !== undefined;
  const location = configuration.store ?? state.store;
  const onWaiting = ({ code, message }: StoreError) => {
    const reason = withoutCode(message);
    if (code === 'LOCKED') log.info({ reason }, 'standing by');
    else log.warn({ reason }, 'the store cannot be reached; it is tried again and again');
  };
  const store = await openJobStore(location, { wait, signal: stop, onWaiting }).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw inUse(error, state);
  });
  if (!store) return 'stop';
  try {
    return await lead(
      {
        settings: () => reloads.settings,
        state,
        owner,
        strategyModules,
        log,
        stop,
        onReload: (apply) => reloads.onReload(apply),
        onListening: (url, port) => {
          reloads.keepPort(port);
          log.info({ url, state: state.root }, 'listening');
          if (!isAgain) process.stdout.write(`${howToGoOn(reloads.settings, url)}\n`);
        },
      },
      store,
    );
  } finally {
    await store.close();
  }
}

/** One line for whoever started it: where it is, and how to go on. */
function howToGoOn({ cluster, tokens }: Settings, url: string): string {
  const where = cluster.kind === 'local' ? 'on this machine' : 'on Mesos';
  const doctor = `galaxy-mesos doctor --galaxy --daemon ${url}${tokens.length > 0 ? ' --token-file FILE' : ''}`;
  return `galaxy-mesos listens on ${url} and runs jobs ${where}; for Galaxy's side: ${doctor}`;
}

function inUse(error: unknown, { root }: StateDirectory): unknown {
  if (!(error instanceof StoreError) || error.code !== 'LOCKED') return error;
  const advice = 'stop it, choose another state directory (--state), or wait for it (--standby)';
  return new RunnerdError('IN_USE', `another daemon works on ${root}: ${advice}`, error);
}
