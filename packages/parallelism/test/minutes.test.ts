import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Part, planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';
import { sidecarIn } from '../src/testing/sidecar-in.ts';
import { bamOf, read } from './blocks/made-bam.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'minutes-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A machine whose clock is what commands are made to take: so long to start, and so long for each byte. */
interface Machine {
  readonly start: number;
  readonly each: number;
}

const secondsOf = ({ start, each }: Machine, { cost }: Part): number => start + each * cost;

/** Plans for a machine; a part that was not told yet cannot have ended. */
async function partsOn(
  machine: Machine,
  split: { readonly strategy: string; readonly parameters: unknown },
  path: string,
): Promise<{ readonly parts: readonly Part[]; readonly asked: readonly number[] }> {
  const parts: Part[] = [];
  const asked: number[] = [];
  const took = async (index: number): Promise<number> => {
    const part = parts[index];
    if (part === undefined) throw new Error(`part ${index} has not begun`);
    asked.push(index);
    return secondsOf(machine, part);
  };
  const sidecar = await sidecarIn(join(directory, 'sidecar'));
  const context = planContext({ sidecar, took });
  for await (const part of planSplit(split, [{ name: 'x', paths: [path] }], context)) parts.push(part);
  return { parts, asked };
}

/** Parts but the first ones, which tell the pace, and the last, which has what is left. */
const expectPace = (
  machine: Machine,
  parts: readonly Part[],
  asked: readonly number[],
  minutes: number,
): void => {
  const sized = parts.slice(asked.length, -1).map((part) => secondsOf(machine, part) / 60 / minutes);
  expect(sized.length).toBeGreaterThan(2);
  for (const share of sized) expect(share).toBeGreaterThan(0.5);
  for (const share of sized) expect(share).toBeLessThan(1.2);
  expect(asked).toEqual(asked.map((_, index) => index));
  expect(asked.length).toBeLessThan(5);
};

const sequences = (count: number): string =>
  Array.from({ length: count }, (_, index) => `>s${index}\n${'ACGTA'.repeat(20 + (index % 60))}\n`).join('');

describe('parts of so many minutes', () => {
  it('have each record once, and take about as long as was asked for, of plain and compressed files', async () => {
    const text = sequences(12_000);
    await writeFile(join(directory, 'plain.fasta'), text);
    await writeFile(join(directory, 'packed.fasta.gz'), gzipSync(text, { level: 1 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('plain.fasta', 'packed.fasta.gz'),
        fc.integer({ min: 8, max: 40 }),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        async (name, count, startShare, group) => {
          const minutes = 7;
          const start = startShare * minutes * 60;
          const machine = { start, each: ((minutes * 60 - start) * count) / text.length };
          const split = { strategy: 'records', parameters: { format: 'fasta', minutes, group } };
          const { parts, asked } = await partsOn(machine, split, join(directory, name));
          expect(parts.reduce((sum, { records }) => sum + records, 0)).toBe(12_000);
          expect(parts.reduce((sum, { cost }) => sum + cost, 0)).toBe(text.length);
          expectPace(machine, parts, asked, minutes);
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  it('are the same when they are planned again', async () => {
    const path = join(directory, 'again.fasta');
    await writeFile(path, sequences(12_000));
    const machine = { start: 3, each: 1e-4 };
    const split = { strategy: 'records', parameters: { format: 'fasta', minutes: 0.2 } };
    const first = await partsOn(machine, split, path);
    expect(await partsOn(machine, split, path)).toEqual(first);
    expect(first.parts.length).toBeGreaterThan(5);
  });

  it.each([{ verify: false }, { verify: true }, { verify: true, group: true }])(
    'are cut out of a BAM file by blocks, with %j',
    async (how) => {
      const path = join(directory, 'reads.bam');
      const reads = Array.from({ length: 60_000 }, (_, index) =>
        read(`r${index}`, 30 + ((index * 7919) % 90)),
      );
      const bam = bamOf(reads, [9000]);
      await writeFile(path, bam);
      const machine = { start: 5, each: 1200 / bam.length };
      const split = { strategy: 'blocks', parameters: { minutes: 1.5, ...how } };
      const { parts, asked } = await partsOn(machine, split, path);
      expectPace(machine, parts, asked, 1.5);
      const total = parts.reduce((sum, { cost }) => sum + cost, 0);
      expect(bam.length - total).toBeLessThan(20_000);
    },
    60_000,
  );

  it('are regions of an indexed file, each base of which is in one', async () => {
    const path = join(directory, 'genome.fa');
    const lengths = Array.from({ length: 40 }, (_, index) => 20_000 + ((index * 7919) % 90_000));
    let offset = 0;
    const index = lengths.map((length, number) => {
      const begin = offset + `>c${number}\n`.length;
      offset = begin + length + 1;
      return `c${number}\t${length}\t${begin}\t${length}\t${length + 1}\n`;
    });
    await writeFile(path, lengths.map((length, number) => `>c${number}\n${'A'.repeat(length)}\n`).join(''));
    await writeFile(`${path}.fai`, index.join(''));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const machine = { start: 2, each: 2400 / total };
    for (const together of [true, false]) {
      const split = { strategy: 'regions', parameters: { minutes: 3, together } };
      const { parts, asked } = await partsOn(machine, split, path);
      expect(parts.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(total, 3);
      if (together) expectPace(machine, parts, asked, 3);
    }
  });

  it('are refused where nothing runs while parts are told', async () => {
    const path = join(directory, 'dry.fasta');
    await writeFile(path, sequences(3));
    const split = { strategy: 'records', parameters: { format: 'fasta', minutes: 1 } };
    const planning = Array.fromAsync(planSplit(split, [{ name: 'x', paths: [path] }], planContext()));
    await expect(planning).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
  });
});
