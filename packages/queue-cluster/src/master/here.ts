import { spawn } from 'node:child_process';
import { open, rename, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { env, kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { makeDirectory, readIfThere, systemCodeOf, writeAtomically } from '../standing/atomic-file.ts';
import { addressOfThisMachine } from './addresses.ts';
import { preparedWords, wordsToBecome } from './become-master.ts';
import { mergedFlags } from './flags.ts';
import {
  endFile,
  endOfLog,
  lives,
  type MasterRecord,
  newRecord,
  processOf,
  readRecord,
  recordFile,
  recordFiles,
  statFile,
  writeRecord,
} from './process-record.ts';

/** How a master is started beside the launcher. */
export interface MasterHereOptions {
  /** For its registry, its log and what is remembered of it. */
  readonly directory: string;
  /** The words that start a master; Mesos's flags come after them. */
  readonly program: readonly string[];
  /** A network interface or an address to listen at; without it, the one by which this machine is known to others. */
  readonly ip?: string;
  /** Without it, one that is free when the master is first started. */
  readonly port?: number;
  /** More flags, each `--name=value`. */
  readonly flags?: readonly string[];
  /** Lines of shell that come before, such as `module load mesos`. */
  readonly setup?: readonly string[];
  /** A container image in which the master runs, by Apptainer or Singularity. */
  readonly image?: string;
  /** Where its credentials lie, which an image has to show it. */
  readonly accessDirectory?: string;
}

/** A master that runs beside the launcher. */
export interface MasterHere {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly pid: number;
  /** Whether it was there already, or has been started by this call: for the first time, or again. */
  readonly how: 'running' | 'started' | 'restarted';
}

/** A master that ends at once is not started more often than that, and then ever more rarely. */
const shortestIntervalMilliseconds = 5_000;
const longestIntervalMilliseconds = 120_000;

/** Whatever ends sooner after its start has not come up; longer than between two starts. */
const comingUpMilliseconds = 180_000;

/** Recovery of a big registry takes seconds; a slow machine takes its time to load 100 MB of program. */
const startMilliseconds = 60_000;

/** How long a master may take to end before it is killed. */
const endMilliseconds = 5_000;

const pollMilliseconds = 50;

const registryOf = (directory: string): string => join(directory, 'registry');
const logOf = (directory: string): string => join(directory, 'log');

/**
 * Sees to it that the master runs: finds the one that an earlier launcher has started, or starts it, or starts it again
 * with the same registry and, if that can be had, at the same address. It outlives this program.
 * @throws QueueClusterError `MASTER` if it does not start, or is said to run on another machine and does not answer
 */
export async function keepMasterHere(options: MasterHereOptions): Promise<MasterHere> {
  const { directory } = options;
  await makeDirectory(registryOf(directory));
  const record = await readRecord(directory);
  if (!record) return start(options, undefined);
  const isAlive = await lives(directory, record);
  if (isAlive === undefined) return elsewhere(directory, record);
  if (isAlive) return found(directory, record, 'running');
  const interval = Math.min(
    shortestIntervalMilliseconds * 2 ** (record.failures ?? 0),
    longestIntervalMilliseconds,
  );
  if (Date.now() - record.startedAt < interval) throw await doesNotStart(options);
  return start(options, record);
}

async function doesNotStart({ directory, program }: MasterHereOptions): Promise<QueueClusterError> {
  const said = await endOfLog(logOf(directory));
  return new QueueClusterError(
    'MASTER',
    `${program.join(' ')} does not start: ${said === '' ? 'it says nothing' : said}`,
  );
}

/**
 * Ends the master, and removes what is remembered of it, its registry too.
 * @throws QueueClusterError `MASTER` if it cannot be ended, or runs on another machine, where it ends in a moment: what
 * is left is done by the next call
 */
export async function stopMasterHere(directory: string): Promise<void> {
  const record = await readRecord(directory);
  if (!record) return;
  const isAlive = await lives(directory, record);
  if (isAlive === undefined) await endElsewhere(directory, record);
  if (isAlive) await end(directory, record);
  for (const file of recordFiles(directory)) await rm(file, { force: true });
  await rm(registryOf(directory), { recursive: true, force: true });
}

/** No signal gets there: the process beside the master looks for the file. Where nothing listens, nothing is left. */
async function endElsewhere(directory: string, record: MasterRecord): Promise<void> {
  await writeAtomically(endFile(directory), '');
  const address = record.address ?? (await addressInLog(directory));
  if (address === undefined || !(await listens(address))) return;
  const { pid } = (await processOf(directory, record)) ?? {};
  throw new QueueClusterError(
    'MASTER',
    `the master, which was started on ${record.host}, is told to end, and does so within a minute; should it stay, end process ${pid} there`,
  );
}

async function end(directory: string, record: MasterRecord): Promise<void> {
  const { pid } = (await processOf(directory, record)) ?? {};
  if (pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      // It leads a group of its own.
      kill(-pid, signal);
    } catch (error) {
      if (systemCodeOf(error) !== 'ESRCH') throw error;
    }
    if (await within(endMilliseconds, async () => ((await lives(directory, record)) ? undefined : true)))
      return;
  }
  throw new QueueClusterError('MASTER', `the master (process ${pid}) cannot be ended`);
}

async function start(options: MasterHereOptions, before: MasterRecord | undefined): Promise<MasterHere> {
  const { directory, port } = options;
  const now = Date.now();
  const hasFailed = before !== undefined && now - before.startedAt < comingUpMilliseconds;
  const record = { ...(await newRecord(now, before)), failures: hasFailed ? (before.failures ?? 0) + 1 : 0 };
  const master = await tryToStart(options, record, String(port ?? record.port ?? 0));
  const how = before ? 'restarted' : 'started';
  if (master) return found(directory, record, how);
  const said = await endOfLog(logOf(directory));
  if (port === undefined && record.port !== undefined && /in use/i.test(said)) {
    // Somebody else has its port now. Pilots follow it to another one.
    if (await tryToStart(options, record, '0')) return found(directory, record, how);
  }
  throw await doesNotStart(options);
}

/** False if it has ended. */
async function tryToStart(options: MasterHereOptions, record: MasterRecord, port: string): Promise<boolean> {
  const { directory, ip, flags = [] } = options;
  for (const file of recordFiles(directory)) await rm(file, { force: true });
  await writeRecord(directory, record);
  const ours = [
    `--work_dir=${registryOf(directory)}`,
    `--ip=${await addressOfThisMachine(ip)}`,
    '--no-hostname_lookup',
    `--port=${port}`,
  ];
  const { setup = [], image, accessDirectory } = options;
  const words = preparedWords([...options.program, ...mergedFlags(ours, flags)], {
    setup,
    ...(image !== undefined && { image }),
    binds: [directory, ...(accessDirectory === undefined ? [] : [accessDirectory])],
  });
  await keepOldLog(logOf(directory));
  const log = await open(logOf(directory), 'a', 0o600);
  try {
    const child = spawn('/bin/sh', wordsToBecome(statFile(directory), words), {
      detached: true,
      env: Object.fromEntries(
        Object.entries(env).filter(([name]) => !/^(MESOS_|LIBPROCESS_(?!SSL|REQUIRE_PEER))/.test(name)),
      ),
      stdio: ['ignore', log.fd, log.fd],
    });
    child.on('error', () => undefined);
    child.unref();
    const started = await within(startMilliseconds, async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return 'ended';
      return (await addressInLog(directory)) === undefined ? undefined : 'started';
    });
    return started === 'started';
  } finally {
    await log.close();
  }
}

/** What a master that has ended said last is wanted, too. */
async function keepOldLog(log: string): Promise<void> {
  try {
    await rename(log, `${log}.old`);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** A master that lives, once it has said where it listens. */
async function found(directory: string, record: MasterRecord, how: MasterHere['how']): Promise<MasterHere> {
  const address = record.address ?? (await within(startMilliseconds, () => addressInLog(directory)));
  const { pid } = (await processOf(directory, record)) ?? {};
  if (address === undefined || pid === undefined)
    throw new QueueClusterError('MASTER', `the master does not say where it listens: ${logOf(directory)}`);
  if (record.address === undefined) await writeRecord(directory, { ...record, address });
  return { address, pid, how };
}

async function elsewhere(directory: string, record: MasterRecord): Promise<MasterHere> {
  const { address, host } = record;
  const known = await processOf(directory, record);
  if (address !== undefined && known && (await listens(address)))
    return { address, pid: known.pid, how: 'running' };
  throw new QueueClusterError(
    'MASTER',
    `the master was started on ${host} and does not answer: start the cluster there again, or, if that machine is gone for good, remove ${recordFile(directory)}`,
  );
}

/** Where the master says that it listens. */
async function addressInLog(directory: string): Promise<string | undefined> {
  const text = (await readIfThere(logOf(directory))) ?? '';
  return /Master \S+ \(.*\) started on (\d+\.\d+\.\d+\.\d+:\d+)$/m.exec(text)?.[1];
}

async function listens(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  const socket = createConnection({ host: host ?? '', port: Number(port), timeout: 3000 });
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('timeout', () => resolve(false));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/** What `look` answers first; undefined if it has not answered within the time. */
async function within<T>(milliseconds: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const answer = await look();
    if (answer !== undefined || performance.now() >= end) return answer;
    await sleep(pollMilliseconds);
  }
}
