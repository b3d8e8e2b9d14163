import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { PoolDefinition } from '../../src/definition/definition.ts';
import type { QueueSite, TestQueue } from './queue-site.ts';

/** What administrators and users of a queueing system do to its jobs. */
export interface Interference {
  /** Ends a batch job by hand. */
  remove(id: string): Promise<unknown>;
  /** What runs the jobs of the nodes goes away and comes back. */
  interruptNodes?(): Promise<unknown>;
  /** The queue answers nobody any more. */
  stop(): Promise<unknown>;
  start(): Promise<unknown>;
}

/** 500 tasks get pilots, and are done, whatever is done meanwhile to pilots, launcher and queue. */
export async function doesTasksWhateverHappens(
  site: QueueSite<TestQueue>,
  { remove, interruptNodes, stop, start }: Interference,
): Promise<void> {
  const cluster = await site.create();
  await cluster.want(0);
  const killed = cluster.spawn();
  await cluster.until(async () => expect((await cluster.view()).state).toBe('up'));
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
  const joined = site.map(lines, 'tr a-z A-Z < {input}');
  // Nobody has asked for pilots but the tasks.
  const [first = ''] = await cluster.settled(4);
  await remove((await site.pilot(first))?.id ?? '');
  await site.ended(first);
  // Another one comes in its place.
  const [second = '', ...others] = await cluster.settled(4);
  const secondId = (await site.pilot(second))?.id ?? '';
  await killed.kill();
  await remove(secondId);
  await stop();
  const launcher = cluster.start();
  await cluster.until(async () => {
    expect((await cluster.view()).systems).toMatchObject([{ trouble: expect.any(String) }]);
  });
  // What is not heard of is not gone.
  const adopted = await cluster.pilots('registered');
  expect(adopted.filter((name) => others.includes(name))).not.toEqual([]);
  await start();
  await interruptNodes?.();
  expect(await joined).toBe(`${lines.join('\n').toUpperCase()}\n`);
  // Idle pilots end, and nobody asked for that either.
  await cluster.settled(0);
  await cluster.until(async () => expect(await site.queue.jobs()).toEqual([]));
  await site.down(launcher);
}

/** Of tasks that run when their allocations end the short ones are done, and the long ones run again elsewhere. */
export async function losesNothingAtTheEndOfAllocations(site: QueueSite<TestQueue>): Promise<void> {
  const cluster = await site.create({
    cpus: 1,
    walltimeSeconds: 61,
    softMarginSeconds: 15,
    hardMarginSeconds: 8,
    idleSeconds: 60,
  });
  await cluster.want(0);
  const launcher = cluster.start();
  await cluster.until(async () => expect((await cluster.view()).state).toBe('up'));
  // Four pilots: of the long ones that come after the first round, each is cut off by the end of its pilot.
  const lines = ['22', '22', '22', '22', '38', '38', '5', '5'];
  const pilots = new Set<string>();
  const closed = new Set<string>();
  let isOver = false;
  const joined = site.map(lines, 'sleep $(cat {input}); cat {input}').finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const { name } of (await cluster.view()).pilots) pilots.add(name);
    for (const { id, deactivated } of await site.agents()) if (deactivated) closed.add(id);
    await sleep(200);
  }
  expect(await joined).toBe(`${lines.join('\n')}\n`);
  expect(pilots.size).toBeGreaterThan(4);
  // They got no more tasks before their end, and that was as planned.
  expect(closed.size).toBeGreaterThan(0);
  expect(cluster.lines.join('\n')).toMatch(/has ended, planned-end/);
  expect(cluster.lines.join('\n')).not.toMatch(/paused|died-early/);
  await site.down(launcher);
}

/** The queue refuses a pool's pilots, which is told once, and they are not tried again. */
export async function saysWhatIsRefused(
  site: QueueSite<TestQueue>,
  pool: Partial<PoolDefinition>,
  words: RegExp,
): Promise<void> {
  const cluster = await site.create(pool);
  await cluster.want(2);
  const launcher = cluster.start();
  await cluster.until(async () => {
    const paused = { text: expect.stringMatching(words), advice: expect.any(String) };
    expect((await cluster.view()).pools).toMatchObject([{ paused }]);
  });
  expect(await site.queue.jobs()).toEqual([]);
  await site.down(launcher);
}
