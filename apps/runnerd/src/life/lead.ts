import path from 'node:path';
import { clusterName } from '@galaxy-mesos/drivers';
import { directoryJobs, JobRunner, Trash } from '@galaxy-mesos/job-runner';
import type { JobStore } from '@galaxy-mesos/job-store';
import { systemClock } from '@galaxy-mesos/scheduler';
import type { Logger } from 'pino';
import { ownUrl, type Settings } from '../configuration/settings.ts';
import { messageOf } from '../runnerd-error.ts';
import { agentUrlTrouble } from './agent-url.ts';
import { Arrivals } from './arrivals.ts';
import { finalError, remedyFor } from './begin-anew.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { composeDriver } from './compose-driver.ts';
import { type End, Ending } from './ending.ts';
import type { SystemUser } from './find-user.ts';
import { lateDemandDesk } from './late-demand-desk.ts';
import { logJobEvent } from './log-jobs.ts';
import { openDoors } from './open-doors.ts';
import { refuseStranded } from './refuse-stranded.ts';
import { schedulingPolicy } from './scheduling-policy.ts';
import { startClusters } from './start-clusters.ts';
import type { StateDirectory } from './state-directory.ts';

/** What a daemon that leads goes by. */
export interface Leading {
  readonly settings: () => Settings;
  readonly state: StateDirectory;
  /** Whose the files are that jobs make, where that is not this process's user. */
  readonly owner: SystemUser | undefined;
  /** Contributors' modules, as file URLs. */
  readonly strategyModules: readonly string[];
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** Told where it listens, each time it begins to. */
  readonly onListening: (url: string, port: number) => void;
  /** Is to be called with whatever can be changed while the daemon runs; the answer ends that. */
  readonly onReload: (apply: (settings: Settings) => Promise<void>) => () => void;
}

/** The scheduler waits for a disk that is full for as long as it takes: nothing is lost meanwhile. */
const storePatience = Number.POSITIVE_INFINITY;

const secondsPerHour = 3600;

const lastWordsBytes = 2000;

const lookMilliseconds = 1000;

/** Serves and runs jobs for as long as it has the store. */
export async function lead(leading: Leading, store: JobStore): Promise<End> {
  try {
    return await serve(leading, store);
  } catch (error) {
    const remedy = remedyFor(error);
    if (remedy === 'give-up') throw finalError(error);
    leading.log.warn({ detail: messageOf(error) }, words[remedy]);
    if (remedy === 'new-framework') await store.forgetFramework(clusterName(leading.settings().cluster));
    return 'again';
  }
}

async function serve(leading: Leading, store: JobStore): Promise<End> {
  const { log, stop } = leading;
  const settings = leading.settings();
  const ending = new Ending();
  const watch = new ClusterWatch(systemClock.elapsed, {
    onConnected: (frameworkId) => log.info({ frameworkId }, 'connected to the cluster'),
    onUnreachable: (detail) => log.warn({ detail }, words.unreachable),
  });
  const connecting = new AbortController();
  const agents = { url: settings.agentUrl };
  const trash = new Trash({
    directory: leading.state.trash,
    clock: systemClock,
    onTrouble: (message) => log.warn(message),
  });
  const runner = await makeRunner({
    ...{ leading, store, ending, watch, agents, trash },
    signal: connecting.signal,
  });
  const arrivals = new Arrivals({
    clock: systemClock,
    staged: (jobId) => runner.staged(jobId),
    lastWords: (jobId) => runner.tail(jobId, { stream: 'stderr', maximumBytes: lastWordsBytes }),
    onMissing: (visitor) => log.warn({ ...visitor, url: agents.url }, words.missing),
  });
  const isByHttp = areFilesSent(settings);
  const endEvents = runner.subscribe((event) => {
    logJobEvent(log, event);
    if (isByHttp) arrivals.hear(event);
  });
  const looking = setInterval(() => watch.look(), lookMilliseconds);
  const end = () => ending.end('stop');
  stop.addEventListener('abort', end, { once: true });
  try {
    trash.start();
    await runner.load();
    await using doors = await openDoors({ ...leading, store, runner, watch, arrivals });
    if (settings.configuration.agent_url === undefined) {
      agents.url = ownUrl({ ...settings.address, port: doors.port }, settings.certificate !== undefined);
    }
    if (stop.aborted) return 'stop';
    leading.onListening(doors.url, doors.port);
    startClusters(settings, log, connecting.signal);
    runner.start().catch((error: unknown) => ending.fail(error));
    if (isByHttp) void tellOfAgentUrl(agents.url, connecting.signal, log);
    return await ending.wait();
  } finally {
    stop.removeEventListener('abort', end);
    connecting.abort();
    clearInterval(looking);
    endEvents();
    arrivals.stop();
    await runner
      .stop()
      .catch((error: unknown) => log.warn({ detail: messageOf(error) }, 'not left in order'));
    await trash.stop();
  }
}

/** Whether agents fetch the files of jobs, and send them back. On this machine nothing has to travel. */
const areFilesSent = ({ configuration, cluster }: Settings): boolean =>
  configuration.staging === 'http' && cluster.kind === 'mesos';

/** The way is not the same from every machine: jobs are taken in any case. */
async function tellOfAgentUrl(url: string, signal: AbortSignal, log: Logger): Promise<void> {
  const detail = await agentUrlTrouble(url, signal);
  if (detail !== undefined && !signal.aborted) log.warn({ url, detail }, words.agentUrl);
}

interface RunnerWiring {
  readonly leading: Leading;
  readonly store: JobStore;
  readonly ending: Ending;
  readonly watch: ClusterWatch;
  readonly trash: Trash;
  /** Where agents find the daemon; the port may be known only once it listens, which is before anything runs. */
  readonly agents: { readonly url: string };
  readonly signal: AbortSignal;
}

async function makeRunner(wiring: RunnerWiring): Promise<JobRunner> {
  const { leading, store, ending, watch, agents, trash, signal } = wiring;
  const { state, log, owner, strategyModules } = leading;
  const settings = leading.settings();
  const { configuration, cluster } = settings;
  const name = clusterName(cluster);
  const frameworkId = await store.frameworkId(name);
  if (frameworkId === undefined) await refuseStranded(store, name, state, cluster);
  const warn = (message: string, jobId?: string) => log.warn(jobId === undefined ? {} : { jobId }, message);
  return new JobRunner({
    driver: composeDriver(settings, { state, frameworkId, onWarning: warn, signal }),
    store,
    cluster: name,
    directory: state.jobs,
    secretKey: state.secretKey,
    directories: directoryJobs(
      areFilesSent(settings)
        ? {
            mode: 'http',
            get url() {
              return agents.url;
            },
          }
        : {
            mode: 'shared',
            asThisUser: configuration.run_as === undefined || owner?.uid === process.geteuid?.(),
          },
    ),
    options: {
      retention: configuration.retention.jobs_hours * secondsPerHour,
      eventsKept: configuration.retention.events,
    },
    schedulerOptions: { storePatience },
    strategyModules,
    policy: schedulingPolicy(configuration.scheduling),
    ...(settings.queueCluster && cluster.kind === 'mesos' && { demand: lateDemandDesk(cluster.master) }),
    ...(configuration.run_as !== undefined && { runAs: configuration.run_as }),
    ...(owner && { attemptsOwner: owner }),
    onNotice: (notice) => watch.hear(notice),
    // Those of a cluster's agents are removed by the cluster.
    onRemoval: async (attemptIds) => {
      for (const id of attemptIds) await trash.take(path.join(state.sandboxes, path.basename(id)));
    },
    onWarning: warn,
    onFatal: (error) => ending.fail(error),
  });
}

const words = {
  agentUrl:
    'agents are told to fetch the files of jobs from agent_url, and curl on this machine cannot; if theirs cannot ' +
    'either, jobs wait for an hour and fail',
  missing:
    'an attempt has run for a minute and has not come for its files: its agent must reach agent_url, and its curl ' +
    'trust the certificate',
  unreachable: 'the cluster cannot be reached; jobs are taken and wait, and it is tried again and again',
  'stand-by': 'another daemon has the store now: standing by',
  'new-framework':
    'the cluster has ended the framework of this daemon: going on as a new one, what ran is run again',
} as const;
