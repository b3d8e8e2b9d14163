import { jobApi, pulsarDoor, pulsarVersion, stagingDoor, TokenBook } from '@galaxy-mesos/front-doors';
import type { JobRunner } from '@galaxy-mesos/job-runner';
import type { JobStore } from '@galaxy-mesos/job-store';
import { systemClock } from '@galaxy-mesos/scheduler';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../configuration/settings.ts';
import { type Address, describeAddress, isWildcard } from '../configuration/values.ts';
import { RunnerdError } from '../runnerd-error.ts';
import { createServer } from '../server/create-server.ts';
import { healthOf } from '../server/standing.ts';
import { addressTrouble } from '../system-words.ts';
import { version } from '../version.ts';
import type { Arrivals } from './arrivals.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import type { Leading } from './lead.ts';
import { schedulingPolicy } from './scheduling-policy.ts';

/** What doors are opened on. */
export interface Doorway extends Leading {
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly watch: ClusterWatch;
  readonly arrivals: Arrivals;
}

/** A server that listens. */
export interface OpenDoors extends AsyncDisposable {
  readonly port: number;
  /** Where people and Galaxy on this machine find it. */
  readonly url: string;
}

/** Requests that are being answered are given so long when the daemon ends; an upload may take hours. */
const stopPatienceMilliseconds = 45_000;

const lettingGoMilliseconds = 50;

/** Puts all doors into one server, and listens. Disposing of it finishes what is being answered. */
export async function openDoors(doorway: Doorway): Promise<OpenDoors> {
  const { runner, watch, log, state, store } = doorway;
  const settings = doorway.settings();
  const { configuration, certificate } = settings;
  const { pulsar, limits } = configuration;
  const tokens = new TokenBook(settings.tokens);
  const app = await createServer({
    log,
    tokens,
    limits,
    isMetricsOpen: configuration.metrics_open,
    health: () => healthOf(watch.standing, systemClock.elapsed(), pulsarVersion),
    metrics: () => runner.metrics(),
    ...(certificate && { tls: certificate }),
  });
  const maximumFileBytes = limits.upload_gib * 2 ** 30;
  await app.register(pulsarDoor, {
    jobs: runner,
    records: store.records('pulsar'),
    staging: state.staging,
    managers: pulsar.managers,
    unclaimedHours: pulsar.unclaimed_hours,
    maximumFileBytes,
    rules: () => doorway.settings().configuration.resources,
    galaxy: {
      ...(pulsar.galaxy_home !== undefined && { home: pulsar.galaxy_home }),
      ...(pulsar.galaxy_virtual_env !== undefined && { virtualEnvironment: pulsar.galaxy_virtual_env }),
    },
    sharedDirectories: pulsar.shared_directories,
    linkedDirectories: pulsar.linked_directories,
    cache: pulsar.file_cache ?? state.cache,
  });
  await app.register(stagingDoor, {
    jobs: { staged: (jobId) => doorway.arrivals.visited(jobId) },
    maximumFileBytes,
  });
  await app.register(jobApi, {
    jobs: runner,
    version,
    directories: () => doorway.settings().configuration.api.directories,
    rules: () => doorway.settings().configuration.resources,
  });
  const endReloads = doorway.onReload(async (changed) => {
    tokens.replace(changed.tokens);
    // Loggers of requests are made from this one, which does not follow the one that it was made from.
    app.log.level = changed.configuration.log_level;
    if (changed.certificate) replaceCertificate(app, changed.certificate);
    await runner.reconfigure(schedulingPolicy(changed.configuration.scheduling));
  });
  const port = await listen(app, settings);
  return {
    port,
    url: urlOf(settings, port),
    async [Symbol.asyncDispose]() {
      endReloads();
      await close(app);
    },
  };
}

function urlOf({ address, certificate }: Settings, port: number): string {
  const shown: Address = { host: isWildcard(address) ? 'localhost' : address.host, port };
  return `${certificate ? 'https' : 'http'}://${describeAddress(shown)}`;
}

/** @throws RunnerdError `LISTEN` */
async function listen(app: FastifyInstance, { address }: Settings): Promise<number> {
  const { level } = app.log;
  try {
    // Fastify would tell of each address; the daemon says it in its own words.
    app.log.level = 'warn';
    await app.listen({ host: address.host, port: address.port });
    app.log.level = level;
    const bound = app.server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : address.port;
  } catch (error) {
    await app.close();
    const where = describeAddress(address);
    throw new RunnerdError('LISTEN', `--listen ${where}: ${addressTrouble(error)}`, error);
  }
}

function replaceCertificate(
  app: FastifyInstance,
  { certificate, key }: { certificate: string; key: string },
) {
  if ('setSecureContext' in app.server && typeof app.server.setSecureContext === 'function') {
    app.server.setSecureContext({ cert: certificate, key });
  }
}

async function close(app: FastifyInstance): Promise<void> {
  // A connection that is kept alive for more requests is idle only once its last answer is sent.
  const letGo = setInterval(() => app.server.closeIdleConnections(), lettingGoMilliseconds);
  const giveUp = setTimeout(() => app.server.closeAllConnections(), stopPatienceMilliseconds);
  try {
    await app.close();
  } finally {
    clearInterval(letGo);
    clearTimeout(giveUp);
  }
}
