import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { PoolDefinition } from '../../src/definition/definition.ts';
import {
  changeCluster,
  clusterFile,
  masterAccess,
  pilotDirectory,
  readAddress,
  writeDemand,
} from '../../src/standing/index.ts';
import { TaskFramework } from '../pilot/task-framework.ts';
import { cancelBatchJob, LiveCluster } from './live-cluster.ts';

describe.skipIf(!requireRealMesos())('a cluster of local processes with real Mesos agents', () => {
  let mesos: RealMesos;
  let cluster: LiveCluster;

  beforeAll(async () => {
    mesos = await startMesos({ agents: [] });
  });
  afterAll(() => mesos.stop());
  afterEach(() => cluster.destroy());

  const agents = async () => {
    const answer = await fetch(`${mesos.url}/api/v1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"type":"GET_AGENTS"}',
    });
    const { get_agents: told } = (await answer.json()) as { get_agents: { agents?: { active: boolean }[] } };
    return told.agents ?? [];
  };

  const nothingIsLeft = async () => {
    expect((await readdir(cluster.clusters)).sort()).toEqual(['history.jsonl', 'scratch']);
    expect(await readdir(join(cluster.clusters, 'scratch'))).toEqual([]);
    expect(await cluster.processes()).toEqual([]);
    expect(await agents()).toEqual([]);
  };

  it('comes up, grows by demand, replaces what is taken away, and leaves nothing', async () => {
    cluster = await LiveCluster.create({ kind: 'existing', url: mesos.url });
    await cluster.want(2);
    const launcher = cluster.start();
    const [first = ''] = await cluster.settled(2);
    expect(await agents()).toHaveLength(2);
    // They are on one host, and would offer the same.
    expect(JSON.stringify(await agents())).not.toContain('"ports"');
    await writeDemand(cluster.directory, 'f', {
      at: Date.now(),
      ttlSeconds: 3600,
      classes: [{ cpus: 1, mem: 32, disk: 0, gpus: 0, count: 3 }],
    });
    await cluster.settled(3);
    const id = (await cluster.view()).pilots.find(({ name }) => name === first)?.id ?? '';
    await cancelBatchJob(id);
    await cluster.until(async () => expect(await cluster.pilots('registered')).not.toContain(first));
    await cluster.settled(3);
    await cluster.down(launcher);
    await nothingIsLeft();
  });

  it('survives launchers that are killed at any moment, and takes up the pilots of those before', async () => {
    cluster = await LiveCluster.create({ kind: 'existing', url: mesos.url });
    const numbers = [3, 1, 4, 2, 3, 3];
    for (const [round, agentsWanted] of numbers.entries()) {
      await cluster.want(agentsWanted, 'up', agentsWanted);
      const launcher = cluster.spawn();
      // From before it has the lock to when its pilots register.
      await sleep(300 + round * 350);
      await launcher.kill();
    }
    const first = cluster.spawn();
    const before = await cluster.settled(3);
    await first.kill();
    await rm(clusterFile(cluster.directory, 'view'));
    const second = cluster.start();
    expect([...(await cluster.settled(3))].sort()).toEqual([...before].sort());
    expect((await cluster.view()).systems.flatMap(({ strangers }) => strangers)).toEqual([]);
    expect(await agents()).toHaveLength(3);
    await cluster.down(second);
    await nothingIsLeft();
  });

  it('lets tasks end that run, whatever becomes of its launchers, and sends idle pilots away', async () => {
    cluster = await LiveCluster.create({ kind: 'existing', url: mesos.url });
    await cluster.want(2);
    const first = cluster.spawn();
    await cluster.settled(2);
    const go = join(cluster.clusters, 'go');
    const framework = await TaskFramework.start(mesos.url);
    await framework.launch('long', `until [ -e '${go}' ]; do sleep 0.2; done`);
    const tasks = async () => (await cluster.view()).pilots.map((pilot) => pilot.tasks ?? 0).sort();
    await cluster.until(async () => expect(await tasks()).toEqual([0, 1]));
    await first.kill();
    await cluster.want(0, 'draining');
    const second = cluster.start();
    await cluster.until(async () => expect(await tasks()).toEqual([1]));
    await writeFile(go, '');
    expect(await framework.ending('long')).toBe('TASK_FINISHED');
    await framework.tearDown();
    await cluster.until(async () => expect((await cluster.view()).pilots).toEqual([]));
    expect(await agents()).toEqual([]);
    await rm(go);
    await cluster.down(second);
    await nothingIsLeft();
  });

  it('becomes another while it lives: what runs stays what it is, what comes is what it is to be', async () => {
    cluster = await LiveCluster.create({ kind: 'existing', url: mesos.url });
    await cluster.want(2);
    const first = cluster.spawn();
    const before = await cluster.settled(2);
    const go = join(cluster.clusters, 'go');
    const framework = await TaskFramework.start(mesos.url);
    await framework.launch('long', `until [ -e '${go}' ]; do sleep 0.2; done`);
    const busyOf = async () => (await cluster.view()).pilots.filter(({ tasks }) => (tasks ?? 0) > 0);
    await cluster.until(async () => expect(await busyOf()).toHaveLength(1));
    const [busy] = await busyOf();

    const change = (change: (pool: PoolDefinition) => Readonly<Record<string, PoolDefinition>>) =>
      changeCluster(cluster.directory, ({ definition, wanted }, at) => {
        const [pool] = Object.values(definition.pools);
        if (!pool || !wanted) throw new Error('there is nothing to change');
        return { definition: { ...definition, pools: change(pool) }, wanted: { ...wanted, at } };
      });
    await change((pool) => ({ small: { ...pool, walltimeSeconds: 1800 }, big: { ...pool, min: 1 } }));
    await first.kill();
    const second = cluster.spawn();
    expect(await cluster.settled(3)).toEqual(expect.arrayContaining([...before]));

    const idle = (await cluster.view()).pilots.find(
      ({ name }) => before.includes(name) && name !== busy?.name,
    );
    await cancelBatchJob(idle?.id ?? '');
    await cluster.until(async () => expect(await cluster.pilots('registered')).not.toContain(idle?.name));
    const after = await cluster.settled(3);
    const scriptOf = (pilot: string) =>
      readFile(join(pilotDirectory(cluster.directory, pilot), 'script'), 'utf8');
    const [added = ''] = after.filter((name) => name.startsWith('gm-night-small-') && !before.includes(name));
    expect(await scriptOf(added)).toContain('\nwalltime_seconds=1800\n');
    expect(await scriptOf(busy?.name ?? '')).toContain('\nwalltime_seconds=3600\n');

    await change((pool) => ({ big: { ...pool, min: 1 } }));
    const phases = async () =>
      (await cluster.view()).pilots.map(({ pool, phase }) => `${pool} ${phase}`).sort();
    await cluster.until(async () => expect(await phases()).toEqual(['big registered', 'small leaving']));
    await writeFile(go, '');
    expect(await framework.ending('long')).toBe('TASK_FINISHED');
    await framework.tearDown();
    await cluster.until(async () => expect(await phases()).toEqual(['big registered']));
    expect(cluster.lines).toContainEqual(expect.stringContaining('changed: pool small is taken out'));
    await rm(go);
    await cluster.want(0, 'down');
    await second.over;
    await nothingIsLeft();
  });

  it('submits nothing that it cannot write down, and goes on when there is room again', async () => {
    cluster = await LiveCluster.create({ kind: 'existing', url: mesos.url });
    await cluster.want(1);
    const launcher = cluster.spawn();
    const [first] = await cluster.settled(1);
    const journal = clusterFile(cluster.directory, 'journal');
    const { size } = await stat(journal);
    // As a full disk does: the next line of the journal is cut in the middle.
    const allow = (bytes: string) =>
      execFileSync('prlimit', ['--pid', `${launcher.pid}`, `--fsize=${bytes}:unlimited`]);
    allow(String(size + 20));
    await cluster.want(3);
    await cluster.until(() => expect(cluster.lines.join('\n')).toMatch(/journal: \[NO_SPACE\] cannot write/));
    expect((await stat(journal)).size).toBe(size);
    expect(await readdir(join(cluster.directory, 'pilots'))).toEqual([first]);
    allow('unlimited');
    expect(await cluster.settled(3)).toContain(first);
    await cluster.want(0, 'down');
    await launcher.over;
    await nothingIsLeft();
  });
});

describe.skipIf(!requireRealMesos())('a cluster with a master of its own', () => {
  let cluster: LiveCluster;
  afterEach(() => cluster.destroy());

  const nothingIsLeft = async () => {
    expect((await readdir(cluster.clusters)).sort()).toEqual(['history.jsonl', 'scratch']);
    expect(await readdir(join(cluster.clusters, 'scratch'))).toEqual([]);
    // What looks after a master ends by itself when that one was killed.
    await cluster.until(async () => expect(await cluster.processes()).toEqual([]));
  };

  /** Of the processes with a master's work directory, all. */
  const masters = async () => {
    const pids = await cluster.processes();
    const words = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')),
    );
    return pids.filter((_, index) => words[index]?.includes(clusterFile(cluster.directory, 'master')));
  };

  it('starts it beside the launcher, and again after it was killed, and ends it', async () => {
    cluster = await LiveCluster.create({ kind: 'here', address: '127.0.0.1' });
    await cluster.want(1);
    const first = cluster.start();
    const [pilot] = await cluster.settled(1);
    const address = await readAddress(cluster.directory);
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    await first.stop();
    for (const pid of await masters()) process.kill(pid, 'SIGKILL');
    const second = cluster.start();
    // The view is the first one's until the second has a master.
    await cluster.until(async () => expect(await masters()).not.toEqual([]));
    await cluster.until(async () =>
      expect((await cluster.view()).master).toMatchObject({ state: 'up', address }),
    );
    expect(await cluster.settled(1)).toEqual([pilot]);
    await cluster.down(second);
    await nothingIsLeft();
  });

  it('lets in nobody without the credential of the cluster, neither there nor at its agents', async () => {
    cluster = await LiveCluster.create({ kind: 'here', address: '127.0.0.1' });
    await cluster.want(1);
    const launcher = cluster.start();
    const [pilot = ''] = await cluster.settled(1);
    const agentAddress = async () => {
      const facts = await readFile(join(pilotDirectory(cluster.directory, pilot), 'facts'), 'latin1');
      return /^agent_address=(.+)$/m.exec(facts)?.[1];
    };
    await cluster.until(async () => expect(await agentAddress()).toBeDefined());
    const { credential } = masterAccess(cluster.directory);
    const authorization = `Basic ${btoa(`${credential?.principal}:${credential?.secret}`)}`;
    const places = [`${await readAddress(cluster.directory)}`, `${await agentAddress()}/slave(1)`];
    for (const place of places) {
      expect((await fetch(`http://${place}/state`)).status).toBe(401);
      expect((await fetch(`http://${place}/state`, { headers: { authorization } })).status).toBe(200);
      const call = {
        method: 'POST',
        body: '{"type":"GET_HEALTH"}',
        headers: { 'content-type': 'application/json' },
      };
      expect((await fetch(`http://${place}/api/v1`, call)).status).toBe(401);
    }
    await cluster.down(launcher);
    await nothingIsLeft();
  });

  it('has it in a batch job, and another one when that is gone, which the pilots follow', async () => {
    const job = {
      cpus: 1,
      memMb: 100,
      walltimeSeconds: 3600,
      dialect: 'shell',
      ssh: [],
      setup: [],
      extra: [],
    } as const;
    cluster = await LiveCluster.create({ kind: 'in-job', job, address: '127.0.0.1' });
    await cluster.want(1);
    const launcher = cluster.start();
    const [pilot] = await cluster.settled(1);
    const address = await readAddress(cluster.directory);
    const record = await readFile(join(clusterFile(cluster.directory, 'master'), 'batch-jobs.json'), 'utf8');
    const [{ id }] = JSON.parse(record) as [{ id: string }];
    await cancelBatchJob(id);
    await cluster.until(async () => expect(await readAddress(cluster.directory)).not.toBe(address));
    await cluster.until(async () => expect((await cluster.view()).master.state).toBe('up'));
    expect(await cluster.settled(1)).toEqual([pilot]);
    await cluster.down(launcher);
    await nothingIsLeft();
  });
});
