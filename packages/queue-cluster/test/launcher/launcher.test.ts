import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterDefinition, PoolDefinition } from '../../src/definition/definition.ts';
import type { LauncherEvent } from '../../src/launcher/launcher-event.ts';
import { runLauncher } from '../../src/launcher/run-launcher.ts';
import { writeAtomically } from '../../src/standing/atomic-file.ts';
import {
  type ClusterView,
  changeCluster,
  createCluster,
  readView,
  readWanted,
  writeDemand,
  writeWanted,
} from '../../src/standing/index.ts';
import { ScriptedQueue } from './scripted-queue.ts';

const pool: PoolDefinition = {
  dialect: 'shell',
  ssh: [],
  setup: [],
  cpus: 2,
  memMb: 1000,
  agentMemMb: 0,
  walltimeSeconds: 30 * 86_400,
  extra: [],
  gpus: 0,
  agents: 0,
  min: 0,
  max: 9,
  backlog: 5,
  idleSeconds: 600,
  keepAliveSeconds: 0,
  softMarginSeconds: 60,
  hardMarginSeconds: 30,
  attributes: {},
  scratch: '/tmp',
};

const definition: ClusterDefinition = {
  version: 1,
  name: 'night',
  programs: { agent: 'mesos-agent', master: 'mesos-master' },
  master: { kind: 'existing', url: 'localhost:5050' },
  authentication: 'credential',
  masterFlags: [],
  agentFlags: [],
  pools: { small: pool },
};

let clusters: string;
let directory: string;
let queue: ScriptedQueue;
const leave: (() => void)[] = [];
const running: Promise<unknown>[] = [];

beforeEach(async () => {
  clusters = await mkdtemp(join(tmpdir(), 'launcher-'));
  directory = await createCluster(clusters, definition);
  queue = new ScriptedQueue();
});

afterEach(async () => {
  queue.release();
  for (const end of leave.splice(0)) end();
  await Promise.allSettled(running.splice(0));
  await rm(clusters, { recursive: true, force: true, maxRetries: 5 });
});

const want = (agents: number, state: 'up' | 'draining' | 'down' = 'up') =>
  writeWanted(directory, {
    state,
    at: Date.now(),
    pools: { small: { min: agents, max: Math.max(agents, 9) } },
  });

/** The cluster is to be another one, of which as many pilots are wanted as before. */
const define = (after: ClusterDefinition) =>
  changeCluster(directory, ({ wanted }, at) => ({
    definition: after,
    wanted: { state: 'up', pools: {}, ...wanted, at },
  }));

/** A launcher that ends with the test; `stop` has it leave. */
function start(): {
  readonly over: Promise<'down' | 'left'>;
  stop(): Promise<unknown>;
  readonly events: LauncherEvent[];
} {
  const end = new AbortController();
  const events: LauncherEvent[] = [];
  const listener = (event: LauncherEvent) => void events.push(event);
  const over = runLauncher({
    clusters,
    name: 'night',
    signal: end.signal,
    listener,
    ports: queue.ports,
    timing: { partingMilliseconds: 20 },
  });
  leave.push(() => end.abort());
  running.push(over.catch(() => undefined));
  const stop = () => {
    end.abort();
    return over;
  };
  return { over, stop, events };
}

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

async function view(): Promise<ClusterView> {
  const seen = await readView(directory);
  if (!seen) throw new Error('no launcher has written a view');
  return seen;
}

const pilotsIn = async (phase: string) => (await view()).pilots.filter((pilot) => pilot.phase === phase);

/** What may go wrong. */
const mishaps: Readonly<Record<string, (number: number) => unknown>> = {
  'others are wanted': (number) => want(number),
  'pilots are to be others': (number) =>
    define({ ...definition, pools: { small: { ...pool, walltimeSeconds: pool.walltimeSeconds + number } } }),
  'submits are refused': (number) =>
    queue.submitScript.push(...Array.from({ length: number }, () => 'refuse' as const)),
  'answers are lost': (number) =>
    queue.submitScript.push(...Array.from({ length: number }, () => 'swallow answer' as const)),
  'submits hang': (number) =>
    queue.submitScript.push(...Array.from({ length: number }, () => 'hang' as const)),
  'a batch job is removed': (number) => queue.remove(queue.jobs[number]?.name ?? ''),
  'everything hangs': () => {
    queue.isHanging = true;
  },
  'nothing hangs any more': () => queue.release(),
  'the master goes': () => {
    queue.isMasterAway = true;
  },
  'the master comes back': () => {
    queue.isMasterAway = false;
  },
};

describe('a launcher', () => {
  it('brings up as many pilots as are wanted, scales, and leaves nothing when it is down', async () => {
    await want(3);
    const launcher = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(3));
    expect(await view()).toMatchObject({
      state: 'up',
      master: { state: 'up', address: 'localhost:5050' },
      problems: [],
    });
    await writeDemand(directory, 'f', {
      at: Date.now() + 1e12,
      ttlSeconds: 3600,
      classes: [{ cpus: 2, mem: 100, disk: 0, gpus: 0, count: 5 }],
    });
    await until(() => expect(queue.running()).toHaveLength(5));
    await want(0, 'down');
    expect(await launcher.over).toBe('down');
    expect(queue.running()).toEqual([]);
    expect(await readdir(clusters)).toEqual(['history.jsonl']);
    expect(launcher.events.at(-1)).toEqual({ type: 'ended', how: 'down' });
  });

  it('asks the queue about all jobs by one command, each half minute at most', async () => {
    await want(4);
    const launcher = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(4));
    const begun = queue.ports.now?.() ?? 0;
    const before = queue.count('status');
    await until(() => expect(queue.ports.now?.()).toBeGreaterThan(begun + 600_000));
    expect(queue.count('status') - before).toBeLessThan(25);
    await launcher.stop();
  });

  it('adopts the pilots of the one before, those too whose submit was never answered', async () => {
    await want(3);
    queue.submitScript.push('accept', 'swallow answer', 'hang');
    const first = start();
    await until(() => expect(queue.count('submit')).toBe(3));
    expect(await first.stop()).toBe('left');
    expect(queue.running()).toHaveLength(2);
    const second = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(3));
    expect(queue.running()).toHaveLength(3);
    expect(second.events[0]).toMatchObject({ type: 'begun', pilots: 3 });
    await second.stop();
  });

  it('goes on while queue commands hang', async () => {
    await want(1);
    const launcher = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(1));
    queue.isHanging = true;
    await want(2);
    await until(async () => expect((await view()).pools[0]?.min).toBe(2));
    await until(async () => expect(await pilotsIn('intended')).toHaveLength(1));
    const at = (await view()).at;
    await rm(join(directory, 'view.json'));
    await want(3);
    await until(async () => expect((await view()).at).toBeGreaterThan(at));
    expect(queue.running()).toHaveLength(1);
    queue.release();
    await until(() => expect(queue.running()).toHaveLength(3));
    await launcher.stop();
  });

  it('takes no pilot for lost while the master is away', async () => {
    await want(2);
    const launcher = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(2));
    queue.isMasterAway = true;
    await until(async () =>
      expect((await view()).master).toMatchObject({ state: 'away', trouble: 'connection refused' }),
    );
    const begun = queue.ports.now?.() ?? 0;
    await until(() => expect(queue.ports.now?.()).toBeGreaterThan(begun + 300_000));
    expect(queue.running()).toHaveLength(2);
    queue.isMasterAway = false;
    await until(async () => expect((await view()).master.state).toBe('up'));
    expect(queue.count('submit')).toBe(2);
    await launcher.stop();
  });

  it('pauses a pool whose pilots the queue refuses, and says why and what to do', async () => {
    queue.submitScript.push(...Array.from({ length: 9 }, () => 'refuse' as const));
    await want(2);
    const launcher = start();
    await until(async () =>
      expect((await view()).pools[0]?.paused).toEqual({ text: 'no such queue', advice: 'name another' }),
    );
    queue.submitScript.splice(0);
    await want(2);
    await until(() => expect(queue.running()).toHaveLength(2));
    await launcher.stop();
  });

  it('replaces a pilot that somebody has taken out of the queue', async () => {
    await want(2);
    const launcher = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(2));
    queue.remove(queue.jobs[0]?.name ?? '');
    await until(() => expect(queue.jobs).toHaveLength(3));
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(2));
    await launcher.stop();
  });

  it('does what was wanted last where the file cannot be understood, and says so', async () => {
    await want(1);
    const launcher = start();
    await until(() => expect(queue.running()).toHaveLength(1));
    await writeFile(join(directory, 'wanted.json'), '{"state":');
    await until(async () =>
      expect((await view()).problems).toEqual([expect.stringContaining('wanted.json is not JSON')]),
    );
    await want(2);
    await until(() => expect(queue.running()).toHaveLength(2));
    await until(async () => expect((await view()).problems).toEqual([]));
    await launcher.stop();
  });

  it('goes by another definition as soon as that is there, but for one that makes another cluster of it', async () => {
    await want(1);
    const launcher = start();
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(1));
    await define({ ...definition, authentication: 'none' });
    const text = 'while the cluster lives it keeps whom it lets in (authentication)';
    await until(async () => expect((await view()).problems).toEqual([`changed definition: ${text}`]));
    await define({ ...definition, pools: { big: { ...pool, min: 2, cpus: 4 } } });
    await until(async () => expect((await view()).pools.map(({ name }) => name)).toEqual(['big']));
    await until(async () => {
      const { pilots, problems } = await view();
      expect(problems).toEqual([]);
      expect(pilots.map((pilot) => `${pilot.pool} ${pilot.phase}`)).toEqual([
        'big registered',
        'big registered',
      ]);
    });
    expect(launcher.events).toContainEqual({ type: 'changed', text: 'pool big is new' });
    expect(queue.running()).toHaveLength(2);
    await launcher.stop();
  });

  it('has a master in a batch job, again where it was refused or has ended', async () => {
    const { dialect, ssh, setup, cpus, memMb, walltimeSeconds, extra } = pool;
    const job = { dialect, ssh, setup, cpus, memMb, walltimeSeconds, extra };
    await define({ ...definition, master: { kind: 'in-job', job } });
    queue.submitScript.push('refuse', 'swallow answer');
    await want(0);
    const launcher = start();
    const masters = () => queue.running().filter(({ name }) => name.startsWith('gm-night-_master-'));
    const text = expect.stringContaining("refuses the master's batch job: no such queue (name another)");
    // The next one is submitted at once.
    await until(() => expect(launcher.events).toContainEqual({ type: 'trouble', subject: 'master', text }));
    await until(async () =>
      expect((await view()).master).toMatchObject({ state: 'up', address: 'node1:5050' }),
    );
    await want(1);
    await until(async () => expect(await pilotsIn('registered')).toHaveLength(1));
    const [first] = masters();
    queue.remove(first?.name ?? '');
    queue.isMasterAway = true;
    await until(() => expect(masters()).toHaveLength(1));
    queue.isMasterAway = false;
    await until(async () =>
      expect((await view()).master).toMatchObject({ state: 'up', address: 'node3:5050' }),
    );
    expect(queue.jobs).toHaveLength(3);
    await want(0, 'down');
    expect(await launcher.over).toBe('down');
    expect(queue.running()).toEqual([]);
    expect(await readdir(clusters)).toEqual(['history.jsonl']);
  });

  it('has the agents at first until they have come, over a restart, and then as many as the work needs', async () => {
    const first = { min: 0, max: 9, first: 3 };
    await writeWanted(directory, { state: 'up', at: 5, pools: { small: first } });
    queue.submitScript.push('accept', 'hang', 'hang');
    const launcher = start();
    await until(() => expect(queue.count('submit')).toBe(3));
    expect((await readWanted(directory))?.pools.small).toEqual(first);
    await launcher.stop();
    const second = start();
    await until(async () =>
      expect(await readWanted(directory)).toEqual({
        state: 'up',
        at: 5,
        pools: { small: { min: 0, max: 9 } },
      }),
    );
    // By then they were idle for long enough.
    await until(() => expect(queue.running()).toHaveLength(0));
    expect(queue.jobs).toHaveLength(3);
    await second.stop();
  });

  it('refuses a directory that others can write to', async () => {
    await chmod(directory, 0o777);
    await expect(start().over).rejects.toThrow(/DAMAGED.*open to others.*chmod go-w/);
  });

  it('is one at a time, and gives way to one that took it for dead', async () => {
    await want(1);
    const first = start();
    await until(() => expect(queue.running()).toHaveLength(1));
    await expect(start().over).rejects.toThrow('LOCKED');
    // It hangs in the middle of a tick, in a file server as it were, and is taken for dead.
    const wanted = join(directory, 'wanted.json');
    await rm(wanted);
    execFileSync('mkfifo', [wanted]);
    const pipe = await vi.waitFor(() => open(wanted, constants.O_WRONLY | constants.O_NONBLOCK), 60_000);
    const lock = join(directory, 'lock');
    const holder = JSON.parse(await readFile(lock, 'utf8')) as { start: string };
    await writeAtomically(lock, JSON.stringify({ ...holder, token: 'f'.repeat(32) }));
    const journal = await readFile(join(directory, 'journal.jsonl'), 'utf8');
    const seen = queue.commands.length;
    await pipe.writeFile('{"state":"down","at":1,"pools":{}}');
    await pipe.close();
    await expect(first.over).rejects.toThrow(/LOCKED.*taken over/);
    expect(queue.running()).toHaveLength(1);
    expect(queue.commands).toHaveLength(seen);
    expect(await readFile(join(directory, 'journal.jsonl'), 'utf8')).toBe(journal);
  });

  it('comes to what is wanted, whatever has happened before, and leaves nothing', {
    timeout: 300_000,
  }, async () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(mishaps)), fc.nat(9), fc.nat(40)), {
      minLength: 3,
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(5), async (mishapsToBe, wanted) => {
        await rm(directory, { recursive: true, force: true });
        directory = await createCluster(clusters, definition);
        queue = new ScriptedQueue();
        let launcher = start();
        for (const [mishap, number, turns] of mishapsToBe) {
          await mishaps[mishap]?.(number);
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
          await launcher.stop();
          launcher = start();
        }
        queue.release();
        queue.isMasterAway = false;
        queue.submitScript.splice(0);
        await want(wanted);
        await until(async () => {
          const live = (await view()).pilots.filter(({ phase }) => phase !== 'ended');
          expect(live.map(({ phase }) => phase)).toEqual(Array.from({ length: wanted }, () => 'registered'));
          expect(queue.running()).toHaveLength(wanted);
        });
        await want(0, 'down');
        expect(await launcher.over).toBe('down');
        expect(queue.running()).toEqual([]);
        expect(await readdir(clusters)).toEqual(['history.jsonl']);
      }),
      { numRuns: 12 },
    );
  });
});
