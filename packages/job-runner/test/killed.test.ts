import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { RunnerProcess } from './runner-child.ts';
import { RunnerFixture } from './runner-fixture.ts';

const jobs = 12;

/** Kills one process after the other, each at a later moment, until one has got through; then looks what was done. */
async function killedOften(master?: string): Promise<void> {
  await using fixture = new RunnerFixture();
  for (let milliseconds = 20; ; milliseconds *= 1.6) {
    const runner = new RunnerProcess(fixture.root, jobs, master);
    if (!(await runner.said('started'))) throw new Error('the process did not start; its stderr says why');
    const isDone = await Promise.race([runner.said('done'), pause(milliseconds).then(() => false)]);
    await runner.kill();
    if (isDone) break;
  }
  const runs = readFileSync(fixture.at('runs'), 'utf8').trim().split('\n').sort();
  const ids = Array.from({ length: jobs }, (_, index) => `job-${index}`);
  expect(runs).toEqual([...ids].sort());
  for (const id of ids) expect(await fixture.read('staging', id, 'outputs', 'out.txt')).toBe('made\n');
}

describe('a runner that is killed again and again', () => {
  test('runs every job once, and delivers what it made, on this machine', () => killedOften());
});

describe.skipIf(!requireRealMesos())('a runner on a real Mesos', () => {
  let cluster: RealMesos;
  beforeAll(async () => {
    cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:2048;disk:1024' }] });
  });
  afterAll(() => cluster?.stop());

  test('that is killed again and again runs every job once, and delivers what it made', () =>
    killedOften(cluster.url));
});
