import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import { PilotCluster, type RunningScript, rigEnvironment } from './pilots.ts';
import { TaskFramework } from './task-framework.ts';

const agentIdOf = (pilot: RunningScript) =>
  pilot.until('the agent to be registered', ({ agentId }) => agentId);

describe.skipIf(!requireRealMesos())('a pilot on a real Mesos', () => {
  let mesos: RealMesos;
  let master: string;
  let cluster: PilotCluster;
  let frameworks: TaskFramework[] = [];

  beforeAll(async () => {
    mesos = await startMesos({ agents: [], separateProcesses: true });
    master = new URL(mesos.url).host;
  });
  afterAll(() => mesos.stop());
  beforeEach(() => {
    cluster = new PilotCluster();
  });
  afterEach(async () => {
    for (const framework of frameworks) await framework.tearDown();
    frameworks = [];
    await cluster.destroy();
  });

  const startFramework = async () => {
    const started = await TaskFramework.start(mesos.url);
    frameworks.push(started);
    return started;
  };

  it('offers what was asked for, says so, and ends when it has had nothing to do', async () => {
    const pilot = cluster.start(
      cluster.options(master, {
        idleSeconds: 2,
        queue: "it's $(touch x)",
        attributes: { 'a b': 'c;d:e' },
        gpus: 2,
      }),
      { ...process.env, RIG_NODE: process.execPath, CUDA_VISIBLE_DEVICES: '4,7' },
    );
    const works = await startFramework();
    const { attributes = [], resources = [] } = await works.offer();
    const texts = Object.fromEntries(
      attributes.map(({ name, text, scalar }) => [name, text?.value ?? scalar?.value]),
    );
    const { facts } = pilot;
    expect(texts).toMatchObject({
      cluster: 'test',
      pool: 'small',
      pilot: 'gm-test-small-1',
      queue: 'it_s___touch_x_',
      a_b: 'c_d_e',
      // When tasks are stopped, which is some time before the end of the walltime.
      ends: (facts.ends ?? 0) - 10,
    });
    expect(Object.fromEntries(resources.map(({ name, scalar }) => [name, scalar?.value]))).toMatchObject({
      cpus: 1,
      mem: 128,
      disk: 64,
      gpus: 2,
    });
    expect(facts).toMatchObject({ cpus: 1, memMb: 128, gpus: 2, diskMb: 64, master });
    expect(facts.ends).toBe((facts.startedAt ?? 0) + 3600);
    expect(await pilot.ended()).toMatchObject({ reason: 'idle' });
    expect(pilot.child.exitCode).toBe(0);
    expect(cluster.leftovers()).toStrictEqual([]);
  });

  it('gives its tasks the GPUs of the allocation, what setup exports, and their end when it has to stop', async () => {
    const setup = [`export BLASTDB='/db/"a b' RIG_NODE='${process.execPath}' MESOS_SECRET=x`];
    const pilot = cluster.start(cluster.options(master, { gpus: 2, setup }), {
      ...process.env,
      CUDA_VISIBLE_DEVICES: '4,7',
    });
    const works = await startFramework();
    await works.launch('gpus', 'test "$CUDA_VISIBLE_DEVICES" = 4,7');
    expect(await works.ending('gpus')).toBe('TASK_FINISHED');
    await works.launch('setup', `test "$BLASTDB" = '/db/"a b' && test -z "$MESOS_SECRET"`);
    expect(await works.ending('setup')).toBe('TASK_FINISHED');
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain('/db/');
    // It leaves its sandbox, and hides where it came from.
    await works.launch('long', 'cd / && (env -i sleep 1000 & env -i setsid sleep 1000)');
    cluster.order('gm-test-small-1', { stop: true });
    expect(await works.ending('long')).toMatch(/^TASK_(KILLED|FAILED|GONE|LOST)$/);
    expect(await pilot.ended()).toMatchObject({ reason: 'stopped' });
    expect(cluster.leftovers()).toStrictEqual([]);
  });

  it.each(['SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const)(
    'ends well by %s, though it comes twice',
    async (name) => {
      const pilot = cluster.start(cluster.options(master));
      await agentIdOf(pilot);
      pilot.signal(name);
      pilot.signal(name);
      expect(await pilot.ended()).toMatchObject({ reason: 'signal', detail: name.slice(3) });
      expect(cluster.leftovers()).toStrictEqual([]);
    },
  );

  it('ends before its walltime does, by its own clock, however early the queue warns, or if it hangs', async () => {
    // As where a file server does not answer. Its lines of setup set options of their own, too.
    const hangs = cluster.start(
      cluster.options(master, { walltimeSeconds: 20, hardMarginSeconds: 4, setup: ['set -euf', 'IFS=x'] }),
    );
    await agentIdOf(hangs);
    hangs.signal('SIGSTOP');
    const ends = cluster.start(cluster.options(master, { walltimeSeconds: 16 }));
    const told = cluster.start(cluster.options(master, { walltimeSeconds: 100 }));
    await ends.until('the start', ({ startedAt }) => startedAt);
    ends.signal('SIGUSR1');
    await agentIdOf(told);
    told.signal('SIGTERM');
    expect(await ends.ended()).toStrictEqual({ reason: 'deadline', at: expect.any(Number) });
    expect(await told.ended()).toMatchObject({ reason: 'deadline', detail: 'TERM' });
    expect(ends.facts.ended?.at).toBeLessThan(ends.facts.ends ?? 0);
    expect(ends.log).toContain('the queue warns');
    await waitFor('nothing to be left', async () => (cluster.leftovers().length === 0 ? true : undefined));
    hangs.signal('SIGCONT');
    expect(await hangs.ended()).toMatchObject({ reason: 'deadline' });
  });

  it('takes orders that are cut, or hostile, for no news, and ends when they are for somebody else', async () => {
    const pilot = cluster.start(cluster.options(master));
    const file = join('pilots', 'gm-test-small-1', 'orders');
    await agentIdOf(pilot);
    for (const text of [
      '',
      'token=token-2\nstop=1\n',
      `stop=$(touch x)\ntoken=token-1\n${'x'.repeat(5000)}\nstop=1\nend=1\n`,
      '\0\0stop=1\0',
    ]) {
      cluster.write(file, text);
      await sleep(1200);
      expect(pilot.facts.leaving, text).toBeUndefined();
    }
    cluster.order('gm-test-small-1', { token: 'token-2' });
    expect(await pilot.ended()).toMatchObject({ reason: 'revoked' });
    expect(cluster.leftovers()).toStrictEqual([]);
  });

  it('ends when its orders are gone, but not when the cluster’s directory is out of sight', async () => {
    const pilot = cluster.start(cluster.options(master));
    await agentIdOf(pilot);
    renameSync(cluster.directory, `${cluster.directory}.away`);
    await sleep(5000);
    renameSync(`${cluster.directory}.away`, cluster.directory);
    expect(pilot.facts.leaving).toBeUndefined();
    expect(pilot.child.exitCode).toBeNull();
    rmSync(join(cluster.directoryOf('gm-test-small-1'), 'orders'));
    expect(await pilot.ended()).toMatchObject({ reason: 'revoked' });
  });

  it('is kept while the launcher shows itself, and ends when that falls silent, or all is drained', async () => {
    const limits = { beatSeconds: 4 };
    cluster.write('beat', '');
    const kept = cluster.start(cluster.options(master, { idleSeconds: 2, limits }));
    const drained = cluster.start(cluster.options(master));
    cluster.order('gm-test-small-1', { keep: true });
    await agentIdOf(kept);
    const beats = setInterval(() => cluster.write('beat', String(Math.random())), 500);
    try {
      await agentIdOf(drained);
      cluster.order('gm-test-small-2', { drain: true });
      expect(await drained.ended()).toMatchObject({ reason: 'drained' });
      await sleep(4000);
      expect(kept.facts.leaving).toBeUndefined();
    } finally {
      clearInterval(beats);
    }
    expect(await kept.ended()).toMatchObject({ reason: 'idle' });
  });

  it('starts its agent again when that is killed, with its tasks going on, and ends when it dies at once', async () => {
    const pilot = cluster.start(cluster.options(master));
    const works = await startFramework();
    await works.launch('going on', `while ! [ -e ${cluster.scratch}/go ]; do sleep 0.1; done`);
    const agent = await pilot.until('the agent’s pid', ({ agentPid }) => agentPid);
    kill(-agent, 'SIGKILL');
    await pilot.until('another agent', ({ agentPid }) => (agentPid === agent ? undefined : agentPid));
    writeFileSync(join(cluster.scratch, 'go'), '');
    expect(await works.ending('going on')).toBe('TASK_FINISHED');
    rmSync(join(cluster.scratch, 'go'));
    cluster.order('gm-test-small-1', { stop: true });
    expect(await pilot.ended()).toMatchObject({ reason: 'stopped' });
    expect(cluster.leftovers()).toStrictEqual([]);

    const broken = cluster.start(
      cluster.options(master, {
        agent: ['/bin/sh', '-c', 'echo no; exit 3'],
        limits: { agentFreshSeconds: 60 },
      }),
    );
    expect(await broken.ended()).toMatchObject({ reason: 'agent-died', detail: '3' });
    expect(broken.child.exitCode).toBe(1);
    expect(broken.log).toContain('\nno\n');
  });

  it('leaves nothing when its script is killed, and the next one on the node tidies up after both', async () => {
    const pilot = cluster.start(cluster.options(master));
    const works = await startFramework();
    await works.launch('left alone', 'sleep 1000');
    pilot.signal('SIGKILL');
    expect(await pilot.ended()).toMatchObject({ reason: 'killed' });
    expect(cluster.leftovers()).toStrictEqual([]);
    // As after a kill of everything.
    const left = join(cluster.scratch, 'gm-test-small-0.12345678');
    mkdirSync(left);
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    writeFileSync(join(left, 'owner'), `${boot}/${readlinkSync('/proc/self/ns/pid')} ${pilot.pid} 1\n`);
    const elsewhere = join(cluster.scratch, 'gm-test-small-9.12345678');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'owner'), `${boot}/pid:[1] ${pilot.pid} 1\n`);
    const next = cluster.start(cluster.options(master));
    await agentIdOf(next);
    expect(cluster.leftovers()).not.toContain('gm-test-small-0.12345678');
    // Another container's, which may be alive.
    expect(cluster.leftovers()).toContain('gm-test-small-9.12345678');
    next.signal('SIGTERM');
    await next.ended();
  });

  it('ends at once when it is started a second time, and so does the first', async () => {
    const options = cluster.options(master);
    const first = cluster.start(options);
    await agentIdOf(first);
    const second = cluster.start(options);
    expect((await second.ended()).reason).toMatch(/second-start|revoked/);
    expect(second.child.exitCode).toBe(0);
    expect(await first.ended()).toMatchObject({ reason: 'revoked' });
    expect(cluster.leftovers()).toStrictEqual([]);
  });

  it('works where the cluster’s directory is not to be seen, and in an image', async () => {
    const tools = join(cluster.folder, 'tools');
    mkdirSync(tools);
    const runtime = `#!/bin/bash\necho "$@" >${tools}/words\nwhile [ "$1" != 'an image' ]; do shift; done\nshift\nexec "$@"\n`;
    writeFileSync(join(tools, 'apptainer'), runtime, { mode: 0o755 });
    const pilot = cluster.start(
      cluster.options(master, {
        image: 'an image',
        gpus: 1,
        clusterDirectory: '/nowhere/test',
        pilotDirectory: '/nowhere/test/pilots/a',
        idleSeconds: 2,
      }),
      { ...rigEnvironment, PATH: `${tools}:${process.env.PATH}` },
    );
    await once(pilot.child, 'exit');
    expect(pilot.child.exitCode).toBe(0);
    expect(pilot.log).toContain('leaving: idle');
    expect(readFileSync(join(tools, 'words'), 'utf8')).toMatch(
      /^exec --bind \S+\/scratch\/gm-test-small-1\.\w+ --nv an image \S+\/mesos-agent --master=/,
    );
    expect(cluster.leftovers()).toStrictEqual([]);
  });

  it('says what is missing where it cannot begin', async () => {
    const missing = cluster.start(cluster.options(master, { agent: ["no such 'program'"] }));
    const image = cluster.start(cluster.options(master, { image: '/no/image.sif' }), {
      ...process.env,
      PATH: '/usr/bin:/bin',
    });
    const setup = cluster.start(cluster.options(master, { setup: ['if then', 'x'] }));
    const scratch = cluster.start(
      cluster.options(master, { scratch: '/proc/$MADE/x', setup: ['export MADE=no-such'] }),
    );
    const unset = cluster.start(cluster.options(master, { scratch: '/proc/$NO_SUCH/x' }));
    const everybodys = join(cluster.folder, 'open');
    mkdirSync(everybodys);
    chmodSync(everybodys, 0o777);
    const open = cluster.start(cluster.options(master, { scratch: everybodys }));
    expect((await open.ended()).detail).toMatch(/everybody may take away .*chmod \+t/);
    expect(await missing.ended()).toMatchObject({ reason: 'no-program' });
    expect((await image.ended()).detail).toMatch(/apptainer/);
    expect(await setup.ended()).toMatchObject({ reason: 'bad-setup' });
    expect(await scratch.ended()).toMatchObject({
      reason: 'no-scratch',
      detail: expect.stringContaining('/proc/no-such/x'),
    });
    expect((await unset.ended()).detail).toMatch(/^NO_SUCH is not set on this node/);
    expect(cluster.leftovers()).toStrictEqual([]);
  });
});
