import { statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunnerFixture } from './runner-fixture.ts';

let fixture: RunnerFixture;
beforeEach(() => {
  fixture = new RunnerFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

test('a part of thousands of pieces is cut by its task, though no command line is as long', async () => {
  const bases = Array.from({ length: 100_000 }, (_, index) => 'ACGT'[(index * index) % 4] ?? 'A').join('');
  const genome = fixture.at('genome.fa');
  writeFileSync(genome, `>chr\n${bases}\n`);
  writeFileSync(`${genome}.fai`, `chr\t${bases.length}\t5\t${bases.length}\t${bases.length + 1}\n`);
  const starts = Array.from({ length: 5000 }, (_, index) => 20 * index + 3);
  const targets = fixture.at('targets.bed');
  writeFileSync(targets, starts.map((start) => `chr\t${start}\t${start + 7}\n`).join(''));
  const { size, mtimeMs } = statSync(genome);
  const { runner } = await fixture.start();
  const job = fixture.plainJob('pieces', 'cp part.fa out.txt', {
    inputs: [{ name: 'genome', path: genome, size, modifiedAt: mtimeMs, partName: 'part.fa' }],
    split: {
      alternatives: [
        { by: [{ strategy: 'regions', inputs: ['genome'], parameters: { parts: 2, targets } }] },
      ],
    },
  });
  await runner.submit(job);
  expect(await runner.ended('pieces')).toMatchObject({ state: 'ok' });
  const sequences = (await fixture.read('results', 'pieces.txt'))
    .split(/^>.*\n/m)
    .map((lines) => lines.replaceAll('\n', ''));
  expect(sequences.join('')).toBe(starts.map((start) => bases.slice(start, start + 7)).join(''));
});
