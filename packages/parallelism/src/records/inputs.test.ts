import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { deflateBlocks, endOfFileMarker } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSplit } from '../strategies.ts';
import type { FileRange, Part, PlanInput, Slice } from '../strategy.ts';
import { planContext } from '../testing/plan-context.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'records-inputs-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** A sidecar of which every piece is a file. */
const sidecarOf = (name: string) => {
  let kept = 0;
  return {
    keep: async (bytes: Uint8Array): Promise<FileRange> => {
      kept += 1;
      const path = join(directory, `${name}.kept${kept}`);
      await writeFile(path, bytes);
      return { path, offset: 0, length: bytes.length };
    },
  };
};

const inputOf = async (name: string, content: Uint8Array | string): Promise<PlanInput> => {
  const path = join(directory, name);
  await writeFile(path, content);
  return { name, paths: [path] };
};

const plan = (inputs: readonly PlanInput[], parameters: object): Promise<Part[]> => {
  const context = planContext({ sidecar: sidecarOf(inputs[0]?.name ?? '') });
  return Array.fromAsync(planSplit({ strategy: 'records', parameters }, inputs, context));
};

/** The bytes of a slice, as its task would have them. */
const bytesOf = async ({ pieces }: Slice): Promise<Buffer> => {
  const all: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'command') throw new Error('no command is expected here');
    const bytes = await readFile(piece.path);
    all.push(piece.kind === 'file' ? bytes : bytes.subarray(piece.offset, piece.offset + piece.length));
  }
  return Buffer.concat(all);
};

const sliceOf = (part: Part, input: string): Slice => {
  const slice = part.slices.find((each) => each.input === input);
  if (slice === undefined) throw new Error(`the part has no slice of ${input}`);
  return slice;
};

/** Blocks of a few bytes, so that cuts go through them and between them. */
const inSmallBlocks = (content: Buffer): Buffer => {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < content.length; from += 50) {
    blocks.push(...deflateBlocks(content.subarray(from, from + 50)));
  }
  return Buffer.concat([...blocks, endOfFileMarker]);
};

const compressions = {
  none: { pack: (content: Buffer) => content, unpack: (bytes: Buffer) => bytes },
  gzip: { pack: (content: Buffer) => gzipSync(content), unpack: (bytes: Buffer) => gunzipSync(bytes) },
  bgzf: { pack: inSmallBlocks, unpack: (bytes: Buffer) => gunzipSync(bytes) },
  zstd: {
    pack: (content: Buffer) => zstdCompressSync(content),
    unpack: (bytes: Buffer) => zstdDecompressSync(bytes),
  },
};

const header = 'name,text\n';
const anyRecords = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', ','), minLength: 1, maxLength: 40 }).map((text) => `${text}\n`),
  { minLength: 1, maxLength: 30, size: 'max' },
);
const anyNumber = fc.integer({ min: 1, max: 9 });
const anyWay = fc.oneof(
  anyNumber.map((size) => ({ size })),
  anyNumber.map((parts) => ({ parts })),
  fc.integer({ min: 1, max: 200 }).map((bytes) => ({ bytes })),
);

describe('the strategy records on compressed inputs', { timeout: 120_000 }, () => {
  it.each(Object.entries(compressions))(
    'makes parts that are compressed as the input is: %s',
    async (name, how) => {
      await fc.assert(
        fc.asyncProperty(anyRecords, anyWay, async (records, way) => {
          const input = await inputOf(`csv.${name}`, how.pack(Buffer.from(header + records.join(''))));
          const parts = await plan([input], { format: 'csv', ...way });
          const contents = await Promise.all(
            parts.map(async (part) => how.unpack(await bytesOf(sliceOf(part, input.name))).toString()),
          );
          for (const content of contents) expect(content.startsWith(header)).toBe(true);
          expect(contents.map((content) => content.slice(header.length)).join('')).toBe(records.join(''));
          expect(parts.reduce((sum, part) => sum + part.records, 0)).toBe(records.length);
          // However it is compressed, it is cut at the same records.
          const plain = await plan([await inputOf('csv', header + records.join(''))], {
            format: 'csv',
            ...way,
          });
          expect(parts.map((part) => part.records)).toEqual(plain.map((part) => part.records));
        }),
        { numRuns: 40 },
      );
    },
  );

  it('gives a file without records to one task as it is', async () => {
    const input = await inputOf('empty.gz', gzipSync(''));
    const pieces = [{ kind: 'file', path: input.paths[0] }];
    expect(await plan([input], { format: 'fasta', parts: 3 })).toEqual([
      { index: 0, slices: [{ input: 'empty.gz', pieces }], records: 0, cost: expect.any(Number) },
    ]);
  });

  it('refuses a file that is cut off, after whatever parts were told', async () => {
    const whole = gzipSync(Buffer.from('>a\nACGT\n'.repeat(1000)));
    const input = await inputOf('cut.gz', whole.subarray(0, -9));
    await expect(plan([input], { format: 'fasta', size: 1 })).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});

const read = (name: string): string => `@${name}\nACGT\n+\nIIII\n`;

describe('the strategy records on several inputs', { timeout: 60_000 }, () => {
  it('cuts all of them between the same records, each by itself compressed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { minLength: 1, maxLength: 20 }),
        anyWay,
        fc.constantFrom(...Object.keys(compressions)) as fc.Arbitrary<keyof typeof compressions>,
        async (lengths, way, compression) => {
          const { pack, unpack } = compressions[compression];
          const forward = lengths.map(([length], index) => read(`${index}/1${'x'.repeat(length)}`));
          const reverse = lengths.map(([, length], index) => read(`${index}/2${'y'.repeat(length)}`));
          const inputs = [
            await inputOf('forward', forward.join('')),
            await inputOf('reverse', pack(Buffer.from(reverse.join('')))),
          ];
          const parts = await plan(inputs, { format: 'fastq', ...way });
          let record = 0;
          for (const part of parts) {
            const upTo = record + part.records;
            expect((await bytesOf(sliceOf(part, 'forward'))).toString()).toBe(
              forward.slice(record, upTo).join(''),
            );
            const mates = unpack(await bytesOf(sliceOf(part, 'reverse'))).toString();
            expect(mates).toBe(reverse.slice(record, upTo).join(''));
            record = upTo;
          }
          expect(record).toBe(lengths.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses inputs that have not equally many records, and says how many each has', async () => {
    for (const [one, other] of [
      [7, 5],
      [5, 7],
      [0, 1],
      [1, 0],
    ] as const) {
      const inputs = [
        await inputOf('forward', read('a').repeat(one)),
        await inputOf('reverse', read('b').repeat(other)),
      ];
      for (const way of [{ size: 2 }, { parts: 2 }]) {
        const refusal = expect(plan(inputs, { format: 'fastq', ...way })).rejects;
        await refusal.toMatchObject({ code: 'RECORDS_DISAGREE' });
        await expect(plan(inputs, { format: 'fastq', ...way })).rejects.toThrow(
          new RegExp(`forward has ${one} records, .*reverse has ${other} records`),
        );
      }
    }
  });

  it('makes no plan if any of them was written to during the scan', async () => {
    const inputs = [await inputOf('forward', read('a')), await inputOf('reverse', read('b'))];
    const path = inputs[1]?.paths[0] ?? '';
    const context = planContext({ onProgress: () => appendFileSync(path, read('late')) });
    const parts = planSplit(
      { strategy: 'records', parameters: { format: 'fastq', size: 1 } },
      inputs,
      context,
    );
    await expect(Array.fromAsync(parts)).rejects.toMatchObject({ code: 'CHANGED', path });
  });

  it('refuses a collection instead of cutting only its first file', async () => {
    const input = { name: 'reads', paths: ['/a', '/b'] } as const;
    await expect(plan([input], { format: 'fastq', size: 1 })).rejects.toThrow('found 2; take scatter');
  });
});

describe('groups of records', () => {
  it('are never torn', async () => {
    const input = await inputOf('pairs', read('a').repeat(10));
    const counts = async (way: object): Promise<number[]> =>
      (await plan([input], { format: 'fastq', group: 2, ...way })).map(({ records }) => records);
    expect(await counts({ size: 4 })).toEqual([4, 4, 2]);
    expect(await counts({ parts: 3 })).toEqual([4, 2, 4]);
    expect(await counts({ bytes: 1 })).toEqual([2, 2, 2, 2, 2]);
  });

  it('must be whole, and the size of a part a multiple of them', async () => {
    const input = await inputOf('pairs', read('a').repeat(7));
    await expect(plan([input], { format: 'fastq', group: 2, parts: 2 })).rejects.toThrow(
      'expected groups of 2 records, found 7 records',
    );
    const torn = async (): Promise<Part[]> => plan([input], { format: 'fastq', group: 2, size: 3 });
    await expect(torn()).rejects.toThrow('size 3 would tear groups of 2 records');
  });
});
