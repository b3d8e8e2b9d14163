import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import { keepMasterHere, renderMasterScript, stopMasterHere } from '../../src/master/index.ts';
import { printOrders } from '../../src/pilot/index.ts';
import { PilotCluster, type RunningScript, rigMaster } from './pilots.ts';

/** The agents that a master knows, once it answers. */
async function agentsOf(address: string): Promise<readonly { id: string; active: boolean }[]> {
  return waitFor(`the master at ${address} to answer`, async () => {
    const answer = await fetch(`http://${address}/slaves`).catch(() => undefined);
    if (answer?.status !== 200) return undefined;
    const { slaves } = (await answer.json()) as { slaves: { id: string; active: boolean }[] };
    return slaves;
  });
}

const toHave = (address: string, agentId: string) =>
  waitFor(`the agent to be known to ${address} by its name`, async () =>
    (await agentsOf(address)).some(({ id, active }) => id === agentId && active) ? true : undefined,
  );

let cluster: PilotCluster;
beforeEach(() => {
  cluster = new PilotCluster();
});
afterEach(() => cluster.destroy());

describe.skipIf(!requireRealMesos())('a master beside the launcher', () => {
  const before = process.env.RIG_NODE;
  beforeAll(() => {
    process.env.RIG_NODE = process.execPath;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.RIG_NODE;
    else process.env.RIG_NODE = before;
  });

  it('is found again, is started again where it was, knows its agents then, and leaves nothing', async () => {
    const directory = join(cluster.directory, 'master');
    const options = { directory, program: [rigMaster], flags: ['--agent_ping_timeout=1secs'] };
    const first = await keepMasterHere(options);
    expect(first.how).toBe('started');
    const pilot = cluster.start(cluster.options(first.address));
    const agentId = await pilot.until('the agent to be registered', (facts) => facts.agentId);
    expect(await keepMasterHere(options)).toStrictEqual({ ...first, how: 'running' });
    kill(first.pid, 'SIGKILL');
    // One that has ended just after its start is not started again at once.
    const again = await waitFor('the master to be started again', () =>
      keepMasterHere(options).then(
        (kept) => (kept.how === 'running' ? undefined : kept),
        () => undefined,
      ),
    );
    expect(again).toMatchObject({ how: 'restarted', address: first.address });
    expect(again.pid).not.toBe(first.pid);
    await toHave(again.address, agentId);
    await stopMasterHere(directory);
    await stopMasterHere(directory);
    pilot.signal('SIGTERM');
    await pilot.ended();
    expect(processesBelow(cluster.folder)).toStrictEqual([]);
    expect(existsSync(join(directory, 'registry'))).toBe(false);
  });

  it('that cannot start says why', async () => {
    const program = ['/bin/sh', '-c', 'echo no such quorum; exit 1'];
    const directory = join(cluster.directory, 'master');
    await expect(keepMasterHere({ directory, program })).rejects.toThrow(/does not start: no such quorum/);
    await expect(keepMasterHere({ directory, program })).rejects.toThrow(/does not start: no such quorum/);
    await expect(keepMasterHere({ directory, program, ip: 'no0' })).rejects.toThrow(/MASTER/);
  });
});

describe.skipIf(!requireRealMesos())('a master in a batch job', () => {
  const start = (name: string, token: string, walltimeSeconds: number): RunningScript => {
    const directory = join(cluster.directory, 'master');
    mkdirSync(directory, { recursive: true });
    cluster.write(join('master', 'orders'), printOrders({ token, keep: false, drain: false, stop: false }));
    const text = renderMasterScript({
      cluster: 'test',
      name,
      dialect: 'shell',
      clusterDirectory: cluster.directory,
      directory,
      token,
      program: [rigMaster],
      setup: [],
      flags: ['--agent_ping_timeout=1secs'],
      accessDirectory: join(cluster.directory, 'access'),
      networkInterface: '127.0.0.1',
      walltimeSeconds,
      hardMarginSeconds: 5,
      warningSeconds: 5,
      limits: { lookSeconds: 1, holderSeconds: 3, revokedSeconds: 2 },
    });
    return cluster.run(text, directory);
  };
  const address = (other?: string) =>
    waitFor('an address', async () => {
      const file = join(cluster.directory, 'address');
      const said = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
      return said === other ? undefined : said;
    });

  it('hands its registry to the next one before its walltime ends, and pilots follow', async () => {
    const first = start('gm-test-_master-1', 'a', 25);
    const { master: _, ...options } = cluster.options('');
    const pilot = cluster.start(options);
    const agentId = await pilot.until('the agent to be registered', (facts) => facts.agentId);
    const place = await address();
    expect(await first.ended()).toMatchObject({ reason: 'deadline' });
    const second = start('gm-test-_master-2', 'b', 3600);
    const next = await address(place);
    await toHave(next, agentId);
    // As if its node had been lost: nobody has given the registry back.
    for (const pid of processesBelow(cluster.directory)) kill(pid, 'SIGKILL');
    second.signal('SIGKILL');
    await second.destroy();
    start('gm-test-_master-3', 'c', 3600);
    const last = await address(next);
    await toHave(last, agentId);
    // Who comes back to find another one in its place leaves it alone.
    cluster.write(
      join('master', 'orders'),
      printOrders({ token: 'd', keep: false, drain: false, stop: false }),
    );
    const [, , , third] = cluster.scripts;
    expect(await third?.ended()).toMatchObject({ reason: 'revoked' });
    pilot.signal('SIGTERM');
    await pilot.ended();
    expect(processesBelow(cluster.folder)).toStrictEqual([]);
  });
});
