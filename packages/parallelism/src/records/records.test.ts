import { appendFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFasta, anyHow } from '../../test/any-fasta.ts';
import { planSplit } from '../strategies.ts';
import type { FileRange, Part, PlanContext, Slice } from '../strategy.ts';
import { planContext } from '../testing/plan-context.ts';

let path: string;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'records-'));
  path = join(directory, 'input.fasta');
});
afterAll(() => rm(directory, { recursive: true }));

const partsOf = async (
  content: string,
  how: { size?: number; parts?: number },
  context: Partial<PlanContext> = {},
  format = 'fasta',
): Promise<Part[]> => {
  await writeFile(path, content, 'latin1');
  const split = { strategy: 'records', parameters: { format, ...how } };
  return Array.fromAsync(planSplit(split, [{ name: 'genes', paths: [path] }], planContext(context)));
};

const sliceOf = (offset: number, length: number): Slice => ({
  input: 'genes',
  pieces: [{ kind: 'range', path, offset, length }],
});

const contentsOf = (content: string, parts: readonly Part[]): string[] =>
  parts.map(({ slices }) =>
    slices
      .flatMap(({ pieces }) => pieces)
      .map((piece) =>
        piece.kind === 'range' ? content.slice(piece.offset, piece.offset + piece.length) : piece.kind,
      )
      .join(''),
  );

const countRecords = (text: string): number => text.split('\n').filter((line) => line.startsWith('>')).length;

const anyCount = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 100 }));

// Hundreds of files are written and read.
describe('the strategy records', { timeout: 60_000 }, () => {
  it('loses, doubles and moves no byte, and no part begins inside a record', async () => {
    await fc.assert(
      fc.asyncProperty(anyFasta, anyHow, async (content, how) => {
        const parts = await partsOf(content, how);
        const contents = contentsOf(content, parts);
        expect(contents.join('')).toBe(content);
        for (const [index, part] of parts.entries()) {
          expect(part.index).toBe(index);
          expect(contents[index]).toMatch(index === 0 ? /^[ \t\r\n]*>/ : /^>/);
          expect(part.records).toBe(countRecords(contents[index] ?? ''));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('makes parts of `size` records and puts what is left in the last', async () => {
    await fc.assert(
      fc.asyncProperty(anyFasta, anyCount, async (content, size) => {
        const total = countRecords(content);
        const counts = (await partsOf(content, { size })).map(({ records }) => records);
        expect(counts).toHaveLength(Math.ceil(total / size));
        expect(counts.slice(0, -1).every((count) => count === size)).toBe(true);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
      }),
    );
  });

  it('makes exactly `parts` parts, or one for each record if there are fewer', async () => {
    await fc.assert(
      fc.asyncProperty(anyFasta, anyCount, async (content, parts) => {
        const planned = await partsOf(content, { parts });
        expect(planned).toHaveLength(Math.min(parts, countRecords(content)));
      }),
    );
  });

  it('names the input in every slice', async () => {
    expect(await partsOf('>a\nAC\n>b\nGT\n', { size: 1 })).toEqual([
      { index: 0, slices: [sliceOf(0, 6)], records: 1, cost: 6 },
      { index: 1, slices: [sliceOf(6, 6)], records: 1, cost: 6 },
    ]);
  });

  it('makes one part of a file without records, so that the command runs as it would unsplit', async () => {
    for (const how of [{ size: 3 }, { parts: 3 }]) {
      for (const content of ['', '\n \n']) {
        const slices = [sliceOf(0, content.length)];
        expect(await partsOf(content, how)).toEqual([{ index: 0, slices, records: 0, cost: content.length }]);
      }
    }
  });

  it('gives every part the header of the file, which is kept once', async () => {
    const kept: string[] = [];
    const keep = async (bytes: Uint8Array): Promise<FileRange> => {
      const text = Buffer.from(bytes).toString('latin1');
      if (!kept.includes(text)) kept.push(text);
      return { path: '/kept', offset: kept.indexOf(text), length: bytes.length };
    };
    const content = 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n3,\r\n';
    for (const how of [{ size: 1 }, { parts: 3 }]) {
      const parts = await partsOf(content, how, { sidecar: { keep } }, 'csv');
      const bodies = parts.map(({ slices }) => {
        const [header, body] = slices[0]?.pieces ?? [];
        expect(header).toEqual({ kind: 'range', path: '/kept', offset: 0, length: 5 });
        return body?.kind === 'range' ? content.slice(body.offset, body.offset + body.length) : '';
      });
      expect(bodies).toEqual(['1,"x\r\ny"\r\n', '2,z\r\n', '3,\r\n']);
    }
    expect(kept).toEqual(['a,b\r\n']);
  });

  it('reports progress up to the whole file', async () => {
    const reports: [number, number][] = [];
    const content = `>a\n${'ACGT\n'.repeat(500_000)}`;
    await partsOf(content, { parts: 2 }, { onProgress: (scanned, total) => reports.push([scanned, total]) });
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.at(-1)).toEqual([content.length, content.length]);
    expect(reports.map(([scanned]) => scanned)).toEqual(
      reports.map(([scanned]) => scanned).sort((a, b) => a - b),
    );
  });

  it('refuses more than 100,000 parts and says which size would do', async () => {
    await expect(partsOf('>\n'.repeat(250_001), { size: 2 })).rejects.toMatchObject({
      code: 'TOO_MANY_PARTS',
      rawMessage: `${path}: size 2 would make 125001 parts of its 250001 records, expected at most 100000: choose a size of 3 or more`,
    });
    await expect(partsOf('>\n'.repeat(250_001), { parts: 100_001 })).rejects.toMatchObject({
      code: 'TOO_MANY_PARTS',
    });
    expect(await partsOf('>\n'.repeat(200_000), { size: 2 })).toHaveLength(100_000);
    expect(await partsOf('>\n'.repeat(250_001), { parts: 100_000 })).toHaveLength(100_000);
  });

  it('takes a number of parts beyond the limit if the records are few', async () => {
    expect(await partsOf('>a\n>b\n', { parts: 1_000_000 })).toHaveLength(2);
  });

  it('makes no plan of a file that was written to during the scan', async () => {
    const content = `>a\n${'ACGT\n'.repeat(500_000)}>b\n`;
    for (const how of [{ size: 1 }, { parts: 2 }]) {
      const onProgress = () => appendFileSync(path, '>late\n');
      await expect(partsOf(content, how, { onProgress })).rejects.toMatchObject({ code: 'CHANGED', path });
    }
  });

  it('passes on what is wrong with the file, with its place', async () => {
    await expect(partsOf('ACGT\n', { size: 1 })).rejects.toThrow(`[MALFORMED] ${path}, line 1: found "ACGT"`);
    const late = `>a\n${'ACGT\n'.repeat(500_000)}\0\n`;
    await expect(partsOf(late, { parts: 1 })).rejects.toMatchObject({ code: 'MALFORMED', line: 500_002 });
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('no longer wanted');
    await expect(partsOf('>a\n', { size: 1 }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
