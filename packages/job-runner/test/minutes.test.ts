import { existsSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunnerFixture } from './runner-fixture.ts';

let fixture: RunnerFixture;
beforeEach(() => {
  fixture = new RunnerFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const genes = Array.from({ length: 400 }, (_, index) => `>gene${index}\n${'ACGT'.repeat(100)}\n`).join('');

/** A job in parts that are to run for half a second each. */
function jobOf(id: string, command: string): Job {
  const file = fixture.at('genes.fasta');
  writeFileSync(file, genes);
  const { size, mtimeMs } = statSync(file);
  const parameters = { format: 'fasta', minutes: 0.5 / 60 };
  return fixture.plainJob(id, command, {
    inputs: [{ name: 'genes', path: file, size, modifiedAt: mtimeMs, partName: 'part.fasta' }],
    split: { alternatives: [{ by: [{ strategy: 'records', inputs: ['genes'], parameters }] }] },
  });
}

describe('a job in parts of so many minutes', () => {
  test('is cut by how long its first part took, whose result counts', async () => {
    const { runner } = await fixture.start();
    await runner.submit(jobOf('timed', 'sleep 0.1; cat part.fasta > out.txt'));
    expect(await runner.ended('timed')).toMatchObject({ state: 'ok' });
    expect(await fixture.read('results', 'timed.txt')).toBe(genes);
    expect(runner.tasks('timed').length).toBeGreaterThan(1);
  });

  test('lets others be planned while its first part runs', async () => {
    const { runner } = await fixture.start({ options: { planningAtOnce: 1 } });
    const go = fixture.at('go');
    const wait = `touch ${fixture.at('begun')}; while [ ! -e ${go} ]; do sleep 0.05; done`;
    await runner.submit(jobOf('timed', `${wait}; cat part.fasta > out.txt`));
    while (!existsSync(fixture.at('begun'))) await pause(20);
    const step = { strategy: 'replicate', inputs: [], parameters: { replicates: 2 } };
    await runner.submit(
      fixture.plainJob('other', 'echo {seed} > out.txt', { split: { alternatives: [{ by: [step] }] } }),
    );
    expect(await runner.ended('other')).toMatchObject({ state: 'ok' });
    writeFileSync(go, '');
    expect(await runner.ended('timed')).toMatchObject({ state: 'ok' });
    expect(await fixture.read('results', 'timed.txt')).toBe(genes);
  });

  test('fails with what is wrong with its first part', async () => {
    const { runner } = await fixture.start();
    await runner.submit(jobOf('failing', 'echo no such option >&2; exit 3'));
    expect(await runner.ended('failing')).toMatchObject({
      state: 'error',
      message: expect.stringContaining('no such option'),
      tasks: { total: 1, failed: 1 },
    });
  });
});

test('a condition knows how many cores there are', async () => {
  const first = await fixture.start();
  const parameters = { replicates: 2 };
  const split = {
    alternatives: [
      { when: 'cores >= 1 && !mesos', by: [{ strategy: 'replicate', inputs: [], parameters }] },
      { by: [] },
    ],
  };
  await first.runner.submit(fixture.plainJob('cores', 'echo {seed} > out.txt', { split }));
  expect(await first.runner.ended('cores')).toMatchObject({ state: 'ok' });
  expect(JSON.parse(await fixture.read('jobs', 'cores', 'plan-facts.json'))).toEqual({
    mesos: false,
    cores: expect.any(Number),
  });
});
