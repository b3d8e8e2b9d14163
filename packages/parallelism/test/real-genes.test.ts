import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutCommand, planSplit, quoteForShell } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';
import { concatCommand } from './concat-command.ts';

const run = promisify(execFile);
const data = resolve(import.meta.dirname, '../../../test-fixtures/data');
const genes = join(data, 'yeast-chromosome-3-genes.fasta');
const gc3 = (file: string) => `awk -f ${quoteForShell(join(data, 'gc3.awk'))} ${quoteForShell(file)}`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'real-genes-'));
});
afterEach(() => rm(directory, { recursive: true }));

const sh = (script: string) => run('/bin/sh', ['-e', '-c', script], { cwd: directory });

describe('a computation on the genes of a yeast chromosome', () => {
  it.each([{ size: 10 }, { size: 1 }, { size: 1000 }, { parts: 4 }, { parts: 500 }])(
    'gives the same bytes split by %j as whole',
    async (how) => {
      const split = { strategy: 'records', parameters: { format: 'fasta', ...how } };
      const results: string[] = [];
      for await (const { index, slices } of planSplit(
        split,
        [{ name: 'genes', paths: [genes] }],
        planContext(),
      )) {
        for (const { pieces } of slices) {
          const part = `part ${index}.fasta`;
          await sh(`${cutCommand(pieces, part)}\n${gc3(part)} > ${index}.tsv`);
        }
        results.push(`${index}.tsv\0`);
      }
      await writeFile(join(directory, 'parts.list'), results.join(''));
      await sh(concatCommand());
      const { stdout: whole } = await sh(gc3(genes));
      expect(whole.split('\n')).toHaveLength(112);
      expect(await readFile(join(directory, 'merged'), 'utf8')).toBe(whole);
    },
  );
});
