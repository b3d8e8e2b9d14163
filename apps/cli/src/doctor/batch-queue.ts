import { lookup } from 'node:dns/promises';
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import {
  type ClusterDefinition,
  clusterDirectory,
  clustersDirectory,
  type Dialect,
  describeDuration,
  describeMemory,
  dialectNamed,
  type InquiryFinding,
  type PoolDefinition,
  pilotBatchJob,
  type QueueCommand,
  refuseStrangersAlong,
  runQueueCommand,
} from '@galaxy-mesos/queue-cluster';
import { describedCluster, siteFiles } from '../cluster-commands/described-cluster.ts';
import { tryBatchJob } from '../cluster-commands/try-batch-job.ts';
import { withUsage } from '../cluster-commands/usage-of.ts';
import { messageOf } from '../report-error.ts';
import type { Finding } from './finding.ts';
import { sharedFileSystem } from './shared-file-system.ts';

/** What `doctor --on` is told. */
export interface QueueOptions {
  readonly on: string;
  readonly queue?: string | undefined;
  readonly account?: string | undefined;
  readonly ssh?: string | undefined;
  /** Sizes of the batch job that is tried, as they are written for a pool. */
  readonly cpus?: string | undefined;
  readonly mem?: string | undefined;
  readonly gpus?: string | undefined;
  readonly walltime?: string | undefined;
}

const timeoutMilliseconds = 20_000;

/** Looks at all that a cluster in a queue needs, before anybody waits for one. */
export async function lookAtQueue(options: QueueOptions, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { on, queue, account, ssh, cpus = '1', mem = '1G', gpus, walltime = '1h' } = options;
  const described = { on, queue, account, ssh, cpus, mem, gpus, walltime, agents: '1' };
  const definition = await withUsage(async () => describedCluster('doctor', described, environment));
  const [pool] = Object.values(definition.pools);
  if (!pool) throw new TypeError('a definition has a pool');
  const dialect = dialectNamed(pool.dialect);
  return [
    lookAtSite(environment),
    ...(await lookAtDialect(dialect, definition, pool, environment)),
    ...(await lookAtPrograms(definition, pool)),
    await lookAtClusters(clustersDirectory(environment), dialect),
    await lookAtOwnName(definition, dialect),
  ];
}

function lookAtSite(environment: NodeJS.ProcessEnv): Finding {
  const there = siteFiles(environment).filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  const text = there.length > 0 ? there.join(', ') : `none (${siteFiles(environment).join(', ')})`;
  return { subject: 'site settings', state: there.length > 0 ? 'ok' : 'note', text };
}

/** What the queueing system says, up to the first problem: what follows would be of no use. */
async function lookAtDialect(
  dialect: Dialect,
  definition: ClusterDefinition,
  pool: PoolDefinition,
  environment: NodeJS.ProcessEnv,
): Promise<Finding[]> {
  const ask = (command: QueueCommand) => runQueueCommand(command, { ssh: pool.ssh, timeoutMilliseconds });
  const findings: Finding[] = [];
  if (pool.ssh.length > 0) findings.push(await lookAtWords(pool.ssh));
  const { queue, account } = pool;
  const subject = { ...(queue !== undefined && { queue }), ...(account !== undefined && { account }) };
  for (const probe of dialect.probes(subject)) {
    if (findings.some(({ state }) => state === 'problem')) return findings;
    findings.push({ subject: probe.subject, ...probe.judge(await ask(probe.command)) });
  }
  if (findings.some(({ state }) => state === 'problem')) return findings;
  const directory = clusterDirectory(clustersDirectory(environment), definition.name);
  const trial = { pilot: 'gm-doctor-main-xxxxxxxx', pool: 'main', token: '0'.repeat(32), excludedNodes: [] };
  const tried = await tryBatchJob(dialect, pilotBatchJob(definition, directory, trial), ask);
  return [...findings, ...tried.map((finding) => trialFinding(dialect.title, pool, finding))];
}

function trialFinding(title: string, tried: PoolDefinition, finding: InquiryFinding): Finding {
  const { subject } = finding;
  if (finding.kind === 'fine') {
    const { cpus, memMb, walltimeSeconds } = tried;
    const size = `${cpus === 1 ? '1 core' : `${cpus} cores`} and ${describeMemory(memMb)}`;
    const taken = `${title} would take a batch job of ${size} for ${describeDuration(walltimeSeconds)}`;
    return { subject, state: 'ok', text: subject === 'trial' ? taken : (finding.text ?? 'is fine') };
  }
  if (finding.kind === 'unclear') return { subject, state: 'note', text: finding.text };
  const { text, advice } = finding.problem;
  return { subject, state: 'problem', text, ...(advice !== undefined && { advice }) };
}

async function lookAtWords(ssh: readonly string[]): Promise<Finding> {
  const subject = ssh.join(' ');
  const command = { program: 'true', arguments: [] };
  const { exitCode, stderr } = await runQueueCommand(command, { ssh, timeoutMilliseconds });
  if (exitCode === 0)
    return { subject, state: 'ok', text: 'runs commands there without asking for anything' };
  const text = stderr.trim() === '' ? `no answer (${exitCode ?? 'it took too long'})` : stderr.trim();
  const advice = 'it must work without a password: a key and an agent, and -o BatchMode=yes';
  return { subject, state: 'problem', text, advice };
}

/** Looks for the programs of Mesos as a pilot does: after the lines of `setup`, in the image if there is one. */
async function lookAtPrograms(
  { programs, master }: ClusterDefinition,
  pool: PoolDefinition,
): Promise<Finding[]> {
  if (pool.image !== undefined) return [await lookAtImage(pool.image, pool.setup)];
  const agent = lookForProgram('mesos-agent', programs.agent, pool.setup);
  if (master.kind === 'existing') return [await agent];
  return Promise.all([agent, lookForProgram('mesos-master', programs.master, pool.setup)]);
}

async function lookForProgram(subject: string, program: string, setup: readonly string[]): Promise<Finding> {
  const found = await inShell(setup, program);
  if (found !== undefined) {
    return { subject, state: 'ok', text: `${found}; the nodes must have it there, too` };
  }
  const advice = 'say where it is in the settings of the site: programs, setup (module load …) or image';
  return { subject, state: 'problem', text: `${program} is not found here`, advice };
}

async function lookAtImage(image: string, setup: readonly string[]): Promise<Finding> {
  const subject = 'image';
  const found = (await inShell(setup, 'apptainer')) ?? (await inShell(setup, 'singularity'));
  if (found === undefined) {
    const advice = 'install it, or load it in setup; the nodes need it, too';
    return { subject, state: 'problem', text: 'there is neither apptainer nor singularity', advice };
  }
  // Others, such as docker://…, are fetched when a pilot starts.
  if (path.isAbsolute(image) && !statSync(image, { throwIfNoEntry: false })) {
    return {
      subject,
      state: 'problem',
      text: `${image} is not there`,
      advice: 'name another in the settings',
    };
  }
  return { subject, state: 'ok', text: `${found} runs ${image}` };
}

/** Where a shell finds a program after the lines of `setup`. */
async function inShell(setup: readonly string[], program: string): Promise<string | undefined> {
  const input = [...setup, 'command -v -- "$GALAXY_MESOS_LOOKED_FOR"'].join('\n');
  const command = {
    program: 'env',
    arguments: [`GALAXY_MESOS_LOOKED_FOR=${program}`, 'bash', '-s'],
    input,
  };
  const { exitCode, stdout } = await runQueueCommand(command, { ssh: [], timeoutMilliseconds });
  return exitCode === 0 ? stdout.trim().split('\n').at(-1) : undefined;
}

/** The directory of clusters, or the nearest above it that is there. */
export async function lookAtClusters(
  clusters: string,
  dialect: Pick<Dialect, 'name' | 'title'>,
): Promise<Finding> {
  const subject = 'clusters';
  const there = nearestThere(clusters);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    const advice = 'name another directory: GALAXY_MESOS_CLUSTERS';
    return { subject, state: 'problem', text: `${there}: ${messageOf(error)}`, advice };
  }
  try {
    await refuseStrangersAlong(there);
  } catch (error) {
    return { subject, state: 'problem', text: messageOf(error) };
  }
  if (dialect.name === 'shell') return { subject, state: 'ok', text: clusters };
  const kind = sharedFileSystem(statfsSync(there).type);
  if (kind !== undefined) return { subject, state: 'ok', text: `${clusters} (${kind})` };
  return {
    subject,
    state: 'note',
    text: `${clusters} seems to lie on a disk of this machine; the nodes of ${dialect.title} must see it`,
    advice: 'if they do not: set GALAXY_MESOS_CLUSTERS to a directory that is shared',
  };
}

const nearestThere = (directory: string): string =>
  statSync(directory, { throwIfNoEntry: false }) ? directory : nearestThere(path.dirname(directory));

/** A master here is of no use to pilots elsewhere if this machine's name leads only back to itself. */
async function lookAtOwnName({ agentAddress }: ClusterDefinition, dialect: Dialect): Promise<Finding> {
  const subject = 'address';
  if (agentAddress !== undefined) return addressFinding(agentAddress, networkInterfaces());
  const name = hostname();
  const addresses = await lookup(name, { all: true }).catch(() => []);
  const others = addresses.filter(({ address }) => !/^(?:127\.|::1$)/.test(address));
  if (others.length > 0) {
    return { subject, state: 'ok', text: `${name} is ${others.map(({ address }) => address).join(', ')}` };
  }
  const text =
    addresses.length === 0 ? `${name} has no address` : `${name} leads only to this machine itself`;
  if (dialect.name === 'shell') return { subject, state: 'note', text };
  const advice =
    'say by which network the nodes reach one another: agent_address: ib0 in the settings of the site';
  return { subject, state: 'problem', text, advice };
}

/** Whether this machine has the interface or address at which a master here would listen. */
export function addressFinding(
  wanted: string,
  interfaces: Readonly<Record<string, readonly { readonly address: string }[] | undefined>>,
): Finding {
  const subject = 'address';
  const own = interfaces[wanted]?.map(({ address }) => address);
  const all = Object.values(interfaces).flatMap((addresses = []) => addresses.map(({ address }) => address));
  if (own) return { subject, state: 'ok', text: `${wanted} is ${own.join(', ')} here (agent_address)` };
  if (all.includes(wanted)) return { subject, state: 'ok', text: `${wanted} (agent_address)` };
  const there = Object.keys(interfaces).join(', ');
  const text = `there is no ${wanted} (agent_address) on this machine, which has ${there}`;
  const advice =
    'a master here needs an address of its own, master: { at: here, address: … }, or a batch job: in-job';
  return { subject, state: 'note', text, advice };
}
