import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { type ApiJob, askApi } from '../api-job.ts';
import { runCommand } from '../command.ts';
import { directoryForTest, startDaemon } from '../daemon-process.ts';

const rig = (name: string): string =>
  fileURLToPath(new URL(`../../../../test-fixtures/real-mesos/${name}`, import.meta.url));

/** A cluster of local processes whose pilots come when something waits, and go soon when nothing does. */
const clusterFile = (scratch: string): string => `
on: shell
master: here
agent_address: 127.0.0.1
programs: { agent: ${rig('mesos-agent')}, master: ${rig('mesos-master')} }
defaults: { cpus: 2, mem: 256M, disk: 100M, max: 2, idle: 5s, scratch: ${scratch} }
pools:
  brief: { walltime: 5m, soft_margin: 10s, hard_margin: 5s }
  long: { walltime: 2h }
`;

const patience = { timeout: 120_000, interval: 200 };

interface Cluster {
  readonly environment: Readonly<Record<string, string>>;
  readonly file: string;
  readonly directory: string;
}

/** A place for the cluster `night`, which is taken down after the test. */
function placeForCluster(): Cluster {
  const root = directoryForTest();
  const [clusters, scratch] = [path.join(root, 'clusters'), path.join(root, 'scratch')];
  mkdirSync(scratch);
  const file = path.join(root, 'night.yaml');
  writeFileSync(file, clusterFile(scratch));
  const environment = { GALAXY_MESOS_CLUSTERS: clusters };
  onTestFinished(async () => {
    const { code, stderr } = await runCommand(['cluster', 'down', 'night'], environment);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(readdirSync(scratch)).toEqual([]);
  });
  return { environment, file, directory: path.join(clusters, 'night') };
}

/** A daemon that has the cluster started, and runs jobs there. */
function daemonWith({ environment, file }: Cluster, state = path.join(directoryForTest(), 'state')) {
  const config = path.join(path.dirname(file), 'daemon.yaml');
  writeFileSync(config, 'mesos: { url: cluster:night }\nclusters:\n  night: { file: night.yaml }\n');
  return startDaemon({ state, flags: ['--config', config], environment });
}

/** What the launcher says of pilots, by their phase, and of which pools they are. */
function pilotsOf({ directory }: Cluster, phase: string): string[] {
  const file = path.join(directory, 'view.json');
  if (!existsSync(file)) return [];
  const { pilots } = JSON.parse(readFileSync(file, 'utf8')) as {
    pilots: { phase: string; pool: string }[];
  };
  return pilots.filter((pilot) => pilot.phase === phase).map(({ pool }) => pool);
}

async function submitted(url: string, job: object): Promise<string> {
  const { status, body } = await askApi<ApiJob>(url, 'jobs', { resources: { cpus: 1, mem: 64 }, ...job });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
}

const untilState = (url: string, id: string, state: string): Promise<void> =>
  vi.waitFor(async () => {
    const { body } = await askApi<ApiJob>(url, `jobs/${id}`);
    expect(body.state, body.message).toBe(state);
  }, patience);

/** The attribute `pool` of the agent on which a job's only task is. */
async function poolOf(url: string, id: string): Promise<string | undefined> {
  const [tasks, agents] = await Promise.all([
    askApi<{ tasks: { attempts: { agentId: string }[] }[] }>(url, `jobs/${id}/tasks`),
    askApi<{ agents: { id: string; attributes: Record<string, string> }[] }>(url, 'agents'),
  ]);
  const agentId = tasks.body.tasks[0]?.attempts.at(-1)?.agentId;
  return agents.body.agents.find((agent) => agent.id === agentId)?.attributes.pool;
}

/** Takes the cluster down, and starts one of its name. */
async function replaced({ environment, file }: Cluster): Promise<void> {
  for (const words of [
    ['down', 'night'],
    ['up', 'night', '--file', file],
  ]) {
    const { code, stderr } = await runCommand(['cluster', ...words], environment);
    expect(code, stderr).toBe(0);
  }
}

describe.skipIf(!requireRealMesos())('the daemon with a cluster in a batch queue', () => {
  it('starts it, and has agents come for what waits, each where it can end, and go when nothing does', {
    timeout: 300_000,
  }, async () => {
    const cluster = placeForCluster();
    const results = directoryForTest();
    const daemon = daemonWith(cluster);
    const url = await daemon.url();
    const go = path.join(results, 'go');
    // Nobody knows for how long: the first pool will do.
    const held = await submitted(url, {
      command: `while [ -d ${results} ] && [ ! -e ${go} ]; do sleep 0.1; done; echo held > {o}`,
      outputs: { o: { destination: path.join(results, 'held.txt') } },
    });
    await daemon.until(() => daemon.stderr.includes('the cluster night is being started'));
    await untilState(url, held, 'running');
    expect(daemon.logged().map(({ msg }) => msg)).toContain('the cluster is started in its queue');
    expect(await poolOf(url, held)).toBe('brief');
    // There is room on that agent, and not the time.
    const long = await submitted(url, {
      command: `echo "$MESOS_URL" > {o}; while [ -d ${results} ] && [ ! -e ${go} ]; do sleep 0.1; done`,
      outputs: { o: { destination: path.join(results, 'long.txt') } },
      walltime: 1800,
    });
    await untilState(url, long, 'running');
    expect(await poolOf(url, long)).toBe('long');
    writeFileSync(go, '');
    await untilState(url, held, 'ok');
    await untilState(url, long, 'ok');
    expect(readFileSync(path.join(results, 'long.txt'), 'utf8')).toMatch(/^\S+:\d+\n$/);
    await vi.waitFor(() => expect(pilotsOf(cluster, 'registered')).toEqual([]), patience);

    // Another cluster of that name wants another credential.
    await replaced(cluster);
    const later = await submitted(url, {
      command: 'echo later > {o}',
      outputs: { o: { destination: path.join(results, 'later.txt') } },
    });
    await untilState(url, later, 'ok');
    await daemon.stopped();
    expect(readdirSync(path.join(cluster.directory, 'demand'))).toEqual([]);
  });
});
