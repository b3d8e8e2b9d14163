import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { makeLines } from './made-files.ts';

const present = requirePrograms('bgzip', 'tabix');
const run = promisify(execFile);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'regions-memory-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** With the limits that the runner gives the process in which it plans. */
const planned = async (
  path: string,
  parameters: object,
): Promise<{ parts: number; peakMegabytes: number }> => {
  const child = join(import.meta.dirname, '..', 'plan-in-child.ts');
  const limits = ['--max-old-space-size=256', '--max-semi-space-size=2'];
  const { stdout } = await run(process.execPath, [
    ...limits,
    '--conditions=@galaxy-mesos/source',
    child,
    path,
    JSON.stringify(parameters),
    'regions',
  ]);
  return JSON.parse(stdout);
};

describe('regions', () => {
  it.skipIf(!present)(
    'are planned in less than 256 MB, however many windows there are',
    async () => {
      const line = (at: number): string =>
        `chr1\t${at * 100}\t${at * 100 + 90}\tfeature ${(at * 7919) % 65_537}\n`;
      const text = Array.from({ length: 400_000 }, (_, at) => line(at)).join('');
      const bed = await makeLines(join(directory, 'features.bed'), text, 'bed');
      const { parts, peakMegabytes } = await planned(bed, { window: 8000 });
      expect(parts).toBeGreaterThan(4500);
      expect(peakMegabytes).toBeLessThan(256);
    },
    120_000,
  );

  it('are planned in less than 256 MB, however many sequences there are', async () => {
    const fasta = join(directory, 'scaffolds.fa');
    const count = 200_000;
    const names = Array.from({ length: count }, (_, at) => `scaffold_${at}`);
    let offset = 0;
    const index = names.map((name) => {
      offset += name.length + 2;
      const line = `${name}\t10\t${offset}\t10\t11\n`;
      offset += 11;
      return line;
    });
    await writeFile(fasta, names.map((name) => `>${name}\nACGTACGTAC\n`).join(''));
    await writeFile(`${fasta}.fai`, index.join(''));
    const { parts, peakMegabytes } = await planned(fasta, { parts: 16 });
    expect(parts).toBe(16);
    expect(peakMegabytes).toBeLessThan(256);
  }, 120_000);
});
