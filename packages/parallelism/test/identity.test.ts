import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutCommand, planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';
import { anyFasta, anyHow } from './any-fasta.ts';
import { concatCommand } from './concat-command.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "it's a split-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe('splitting and merging through the shell', () => {
  it('gives back the file, byte for byte, for every FASTA and every way to split it', async () => {
    const path = join(directory, 'input.fasta');
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyFasta, fc.constant('')), anyHow, async (content, how) => {
        await writeFile(path, content, 'latin1');
        const split = { strategy: 'records', parameters: { format: 'fasta', ...how } };
        const parts = await Array.fromAsync(planSplit(split, [{ name: 'x', paths: [path] }], planContext()));
        const cuts = parts.flatMap(({ index, slices }) =>
          slices.map(({ pieces }) => cutCommand(pieces, `part ${index}`)),
        );
        await writeFile(join(directory, 'parts.list'), parts.map(({ index }) => `part ${index}\0`).join(''));
        execFileSync('/bin/sh', ['-e', '-c', [...cuts, concatCommand()].join('\n')], { cwd: directory });
        expect(await readFile(join(directory, 'merged'), 'latin1')).toBe(content);
      }),
      { numRuns: 60 },
    );
  });
});
