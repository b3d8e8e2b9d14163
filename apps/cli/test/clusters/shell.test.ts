import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { fasta } from '../command.ts';
import { ClusterPlace } from './cluster-place.ts';

/** A command of the line takes a second or more where the machine is busy. */
const patiently = { timeout: 60_000 };

interface Status {
  readonly hasLauncher: boolean;
  readonly launcher: { readonly pid: number };
  readonly pools: readonly { readonly phases: { readonly registered: number } }[];
  readonly pilots: readonly { readonly name: string; readonly phase: string }[];
}

async function statusOf(place: ClusterPlace): Promise<Status> {
  const { stdout } = await place.cluster('status', 'mine', '--json');
  return JSON.parse(stdout);
}

const pilotsOf = ({ pilots }: Status): string[] =>
  pilots.flatMap(({ name, phase }) => (phase === 'registered' ? [name] : [])).sort();

describe.skipIf(!requireRealMesos())('a cluster that the command line starts', () => {
  it('comes up, takes work by its name, outlives its launcher, and leaves nothing', {
    timeout: 300_000,
  }, async () => {
    const place = new ClusterPlace();
    const up = await place.cluster('up', 'mine', '--on', 'shell', '--agents', '2');
    expect(up, up.stderr).toMatchObject({ code: 0, stdout: 'mine is up: MESOS_URL=cluster:mine\n' });
    expect(up.stderr).toContain('2 of 2 agents have registered\n');

    const before = await statusOf(place);
    expect(before.pools.map(({ phases }) => phases.registered)).toEqual([2]);
    expect((await place.cluster('status', 'mine')).stdout).toMatch(
      /^mine: up; its master here at .* is up\n/,
    );
    expect((await place.cluster('list')).stdout).toMatch(/\nmine +up +2 +2 +\S+ up +\d+ on /);
    expect((await place.cluster('logs', 'mine')).stdout).toContain(' looks after the cluster in ');
    const address = (await place.cluster('url', 'mine')).stdout.trim();

    writeFileSync(path.join(place.directory, 'reads.fa'), fasta(40));
    const words = ['--input', 'reads.fa', '--parts', '2', '--cpus', '0.5', '--mem', '32', '--output', 'out'];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    const command = 'cat {input} > /dev/null; echo ${MESOS_URL:-none} > {output}';
    const mapped = await place.run('map', '--mesos', 'cluster:mine', ...words, '--', command);
    expect(mapped.code, mapped.stderr).toBe(0);
    const port = address.split(':')[1];
    const seen = readFileSync(path.join(place.directory, 'out'), 'utf8');
    expect(seen).toMatch(new RegExp(`^(?:[\\w.-]+:${port}\\n){2}$`));

    const script = 'echo "$MESOS_URL $GALAXY_MESOS_CLUSTER"; exit 7';
    expect(await place.cluster('run', 'mine', '--', 'sh', '-c', script)).toMatchObject({
      ...{ code: 7, stdout: `${address} mine\n` },
    });

    process.kill(before.launcher.pid, 'SIGKILL');
    await expect.poll(async () => (await statusOf(place)).hasLauncher, patiently).toBe(false);
    const without = await place.run('map', '--mesos', 'cluster:mine', ...words, '--restart', '--', command);
    expect(without).toMatchObject({ code: 2 });
    expect(without.stderr).toContain('galaxy-mesos cluster up mine starts another');
    expect(await place.cluster('up', 'mine')).toMatchObject({ code: 0 });
    expect(pilotsOf(await statusOf(place))).toEqual(pilotsOf(before));

    expect((await place.cluster('scale', 'mine', '--agents', '1')).stdout).toBe(
      'mine: pool main is to have 1 agents\n',
    );
    await expect.poll(async () => pilotsOf(await statusOf(place)).length, patiently).toBe(1);

    process.kill((await statusOf(place)).launcher.pid, 'SIGKILL');
    const down = await place.cluster('down', 'mine');
    expect(down, down.stderr).toMatchObject({ code: 0, stdout: 'mine is down; nothing is left of it\n' });
    expect(existsSync(path.join(place.clusters, 'mine'))).toBe(false);
    expect(readdirSync(path.join(place.directory, 'scratch'))).toEqual([]);
    await expect.poll(() => place.processes(), patiently).toEqual([]);
  });

  it('is waited for only as long as somebody wants to', { timeout: 120_000 }, async () => {
    const place = new ClusterPlace();
    // Nothing registers where the agent only sleeps.
    const site = path.join(place.directory, 'site.yaml');
    const settings = JSON.parse(readFileSync(site, 'utf8'));
    const agent = path.join(place.directory, 'sleeper');
    writeFileSync(agent, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
    writeFileSync(site, JSON.stringify({ ...settings, programs: { ...settings.programs, agent } }));
    const few = ['--on', 'shell', '--agents', '1', '--max', '2'];
    // Agents that are not waited for come nevertheless.
    expect(await place.cluster('up', 'mine', ...few, '--no-wait')).toMatchObject({ code: 0 });
    const run = place.start('cluster', 'up', 'mine', ...few);
    await run.until((printed) => printed.includes('1 start'));
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended();
    expect(code).toBe(130);
    expect(stderr).toContain(
      'no longer waiting; the cluster comes up nevertheless. galaxy-mesos cluster up mine',
    );
    expect((await statusOf(place)).hasLauncher).toBe(true);
    const watch = place.start('cluster', 'status', 'mine', '--watch');
    await watch.until((printed) => printed.includes('mine: up'));
    const logs = place.start('cluster', 'logs', 'mine', '--follow');
    await logs.until((printed) => printed.includes('looks after'));
    logs.child.stdout?.destroy();
    expect(await place.cluster('down', 'mine')).toMatchObject({ code: 0 });
    expect(await watch.ended()).toMatchObject({
      code: 0,
      stderr: 'galaxy-mesos: the cluster mine is gone\n',
    });
    // Whoever has read enough is no fault.
    const followed = await logs.ended();
    expect(followed).toMatchObject({ code: 0 });
    expect(followed.stderr).not.toContain('EPIPE');
    await expect.poll(() => place.processes(), patiently).toEqual([]);
  });

  it('outlives launchers in the foreground that are told to end, once or twice', {
    timeout: 180_000,
  }, async () => {
    const place = new ClusterPlace();
    const described = ['--on', 'shell', '--agents', '1'];
    const first = place.start('cluster', 'up', 'mine', ...described, '--foreground');
    await first.until((printed) => printed.includes(' is agent '));
    const [pilot] = pilotsOf(await statusOf(place));
    first.child.kill('SIGTERM');
    expect(await first.ended()).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(' leaves the cluster as it is\n');
    const second = place.start('cluster', 'up', 'mine', ...described, '--foreground');
    await second.until((printed) => printed.includes('pilots known: 1'));
    // Whoever says it twice does not want to wait for commands of the queue.
    second.child.kill('SIGINT');
    second.child.kill('SIGTERM');
    expect([130, 0, null]).toContain((await second.ended()).code);
    expect(await place.cluster('up', 'mine')).toMatchObject({ code: 0 });
    expect(pilotsOf(await statusOf(place))).toEqual([pilot]);
    expect(await place.cluster('down', 'mine')).toMatchObject({ code: 0 });
    await expect.poll(() => place.processes(), patiently).toEqual([]);
  });

  it('has the pools of its file, and a master in a batch job', { timeout: 180_000 }, async () => {
    const place = new ClusterPlace();
    const pools =
      'pools: { small: { agents: 1 }, big: { cpus: 2, agents: 1, max: 3, attributes: { kind: fat } } }';
    writeFileSync(path.join(place.directory, 'cluster.yaml'), `on: shell\nmaster: in-job\n${pools}\n`);
    const up = await place.cluster('up', 'mine', '--file', 'cluster.yaml');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(up.stderr).toContain('2 of 2 agents have registered');
    const status = await place.cluster('status', 'mine');
    expect(status.stdout).toMatch(/^mine: up; its master in a batch job at .* is up\n/);
    expect(status.stdout).toMatch(/\nsmall +1 +1 +1 +1 .*\nbig +1 +\d +0 +3 /);
    expect((await place.cluster('logs', 'mine', '--master')).stdout).not.toBe('');
    const changed = 'pools: { big: { cpus: 2, agents: 1, max: 3, walltime: 4h } }';
    writeFileSync(path.join(place.directory, 'other.yaml'), `on: shell\nmaster: in-job\n${changed}\n`);
    const changes = ['pool big: walltime 4h instead of ', 'pool small is taken out: it gets no work'];
    const trial = await place.cluster('up', 'mine', '--file', 'other.yaml', '--dry-run');
    for (const change of changes) expect(trial.stderr).toContain(`would change: ${change}`);
    const again = await place.cluster('up', 'mine', '--file', 'other.yaml');
    expect(again, again.stderr).toMatchObject({ code: 0 });
    for (const change of changes) expect(again.stderr).toContain(`changed: ${change}`);
    await expect
      .poll(async () => (await place.cluster('status', 'mine')).stdout, patiently)
      .not.toMatch(/\nsmall |gm-mine-small-/);
    const back = await place.cluster('up', 'mine', '--file', 'cluster.yaml', '--only-changes');
    expect(back).toMatchObject({ code: 0, stderr: expect.stringContaining('changed: pool small is new\n') });
    const scaled = await place.cluster('scale', 'mine', '--agents', '2');
    expect(scaled).toMatchObject({ code: 2 });
    expect(scaled.stderr).toContain('say which pool: --pool NAME; there are: small, big');
    expect(await place.cluster('scale', 'mine', '--pool', 'small', '--agents', '0')).toMatchObject({
      code: 0,
    });
    expect((await place.cluster('drain', 'mine')).stdout).toMatch(/^mine is draining: /);
    await expect.poll(async () => pilotsOf(await statusOf(place)).length, patiently).toBe(0);
    expect(await place.cluster('down', 'mine')).toMatchObject({ code: 0 });
    await expect.poll(() => place.processes(), patiently).toEqual([]);
  });
});
