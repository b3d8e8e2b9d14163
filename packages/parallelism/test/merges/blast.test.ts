import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { readyMerge } from '../../src/index.ts';

const hasBlast = requirePrograms('blastp', 'makeblastdb');
let directory: string;
const at = (name: string): string => join(directory, name);

/** Sequences that look random, the same in every run; every third query is in the database, cut short. */
const letters = 'ACDEFGHIKLMNPQRSTVWY';
const protein = (seed: number, length: number): string =>
  Array.from(
    { length },
    (_, index) => letters[(Math.imul(seed * 7919 + index + 1, 2654435761) >>> 0) % 20],
  ).join('');
const queries = Array.from({ length: 9 }, (_, index) => {
  const found = index % 3 === 0;
  return `>q${index} number ${index}\n${found ? protein(index, 200).slice(20, 120) : protein(1000 + index, 60)}\n`;
});

const blastp = async (name: string, format: number, sequences: readonly string[]): Promise<void> => {
  await writeFile(at('query.fa'), sequences.join(''));
  execFileSync('blastp', ['-query', 'query.fa', '-db', 'proteins', '-outfmt', String(format), '-out', name], {
    cwd: directory,
    stdio: 'pipe',
  });
};

const joined = async (merge: string, names: readonly string[]): Promise<string> => {
  const ready = readyMerge({ merge });
  if (ready.kind !== 'here') throw new Error(`${merge} is joined here`);
  await rm(at('joined'), { force: true });
  await ready.join({ parts: names.map((name) => ({ path: at(name) })), destination: at('joined') });
  return readFile(at('joined'), 'latin1');
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'merge-blast-'));
  if (!hasBlast) return;
  const proteins = Array.from({ length: 12 }, (_, index) => `>p${index}\n${protein(index, 200)}\n`).join('');
  await writeFile(at('proteins.fa'), proteins);
  execFileSync('makeblastdb', ['-in', 'proteins.fa', '-dbtype', 'prot', '-out', 'proteins'], {
    cwd: directory,
    stdio: 'pipe',
  });
});
afterAll(() => rm(directory, { recursive: true }));

describe.skipIf(!hasBlast)('results of BLAST', () => {
  it.each([
    ['blast', 6],
    ['blast', 7],
    ['blast', 10],
    ['blastxml', 5],
    ['blastxml2', 16],
  ] as const)('joined by %s are those of all queries in one run, with -outfmt %i', async (merge, format) => {
    await blastp('whole', format, queries);
    const whole = await readFile(at('whole'), 'latin1');
    expect(whole).toContain('q3');
    for (const cuts of [
      [1, 2],
      [4, 4],
      [0, 9],
      [3, 7],
    ]) {
      const [first = 0, second = 0] = cuts;
      const parts = [queries.slice(0, first), queries.slice(first, second), queries.slice(second)].filter(
        (part) => part.length > 0,
      );
      const names = await Promise.all(parts.map((_, index) => `part-${index}`));
      for (const [index, part] of parts.entries()) await blastp(`part-${index}`, format, part);
      expect(await joined(merge, names)).toBe(whole);
    }
  });

  it.each([
    ['blast', 7],
    ['blastxml', 5],
    ['blastxml2', 16],
  ] as const)(
    'are refused by %s if one was cut off, is empty, or was made otherwise',
    async (merge, format) => {
      await blastp('good', format, queries.slice(0, 2));
      const good = await readFile(at('good'));
      await writeFile(at('cut'), good.subarray(0, -30));
      await writeFile(at('empty'), '');
      for (const name of ['cut', 'empty', 'missing']) {
        await expect(joined(merge, ['good', name]), name).rejects.toThrow('part 2');
      }
      await writeFile(
        at('other'),
        good.toString().replaceAll('2.12', '2.11').replaceAll('BLOSUM62', 'PAM30'),
      );
      if (format !== 5) return;
      await expect(joined(merge, ['good', 'other'])).rejects.toThrow(
        /PARTS_DISAGREE.*other: part 2: expected the header/,
      );
    },
  );
});
