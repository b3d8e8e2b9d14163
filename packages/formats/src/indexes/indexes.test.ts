import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../format-error.ts';
import { type BinningIndex, basesOfBin, firstBinOf } from './binning-index.ts';
import { parseCrai } from './crai.ts';
import { type DivideOptions, divideWork } from './divide-work.ts';
import { parseFai } from './fai.ts';
import { blockAt, parseGzi, writeGzi } from './gzi.ts';
import { chunksOf, IndexPlaces, recordStartsOf } from './index-places.ts';
import { parseBinningIndex } from './parse-binning-index.ts';
import type { Region } from './regions.ts';
import { type FileWork, workByBins, workBySlices } from './work.ts';

const chunk = (from: number, to: number) => ({
  from: { block: from, within: 0 },
  to: { block: to, within: 0 },
});

const leaf = firstBinOf(5);
/** Three references: the first with records in two windows and across them, the second with none. */
const index: BinningIndex = {
  kind: 'bai',
  minimalShift: 14,
  depth: 5,
  unplaced: 4,
  references: [
    {
      bins: new Map([
        [leaf, [chunk(100, 200)]],
        [leaf + 1, [chunk(300, 400)]],
        [0, [chunk(200, 300)]],
      ]),
      linear: [
        { block: 100, within: 0 },
        { block: 200, within: 0 },
      ],
      counts: { mapped: 20, unmapped: 10 },
    },
    { bins: new Map(), linear: [] },
    { bins: new Map([[leaf, [chunk(400, 500)]]]), linear: [], counts: { mapped: 5, unmapped: 0 } },
  ],
};
const named = [
  { name: 'a', length: 32_768 },
  { name: 'b', length: 100 },
  { name: 'c', length: 50 },
];

describe('bins', () => {
  it('are numbered level by level', () => {
    expect(basesOfBin(index, 0)).toEqual({ from: 0, to: 2 ** 29 });
    expect(basesOfBin(index, 4681)).toEqual({ from: 0, to: 16_384 });
    expect(basesOfBin(index, 37_448)).toEqual({ from: 2 ** 29 - 16_384, to: 2 ** 29 });
    expect(basesOfBin(index, 586)).toEqual({ from: 2 ** 17, to: 2 ** 18 });
  });
});

describe('the places of an index', () => {
  it('are where its chunks begin', () => {
    expect(recordStartsOf(index).map(({ block }) => block)).toEqual([100, 200, 300, 400]);
    expect(new IndexPlaces(index).endOfPlaced).toEqual({ block: 500, within: 0 });
  });

  it('lead to what a region overlaps', () => {
    expect(chunksOf(index, 0, 20_000, 20_001)).toEqual([chunk(200, 400)]);
    expect(chunksOf(index, 0, 0, 10)).toEqual([chunk(100, 300)]);
    expect(chunksOf(index, 1, 0, 100)).toEqual([]);
    expect(chunksOf(index, 9, 0, 100)).toEqual([]);
  });

  it('tell from where on to look for what begins at a position', () => {
    const places = new IndexPlaces(index);
    expect(places.searchFrom(0, 0)?.block).toBe(100);
    expect(places.searchFrom(0, 16_383)?.block).toBe(100);
    expect(places.searchFrom(0, 16_384)?.block).toBe(200);
    expect(places.searchFrom(0, 32_768)?.block).toBe(400);
    expect(places.searchFrom(1, 0)?.block).toBe(400);
    expect(places.searchFrom(3, 0)).toBeUndefined();
  });
});

describe('IndexPlaces', () => {
  const anyBins = fc.uniqueArray(
    fc.record({
      bin: fc.integer({ min: leaf, max: leaf + 30 }),
      at: fc.nat(40),
      length: fc.integer({ min: 1, max: 9 }),
    }),
    { selector: ({ bin }) => bin, maxLength: 8 },
  );

  it('tells the latest place before which nothing wanted is, as a look at all bins does', () => {
    fc.assert(
      fc.property(
        fc.array(anyBins, { maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(33 * 16_384)), { maxLength: 10 }),
        (references, asked) => {
          // References follow one another in the file, and so do the bins of one.
          const all = references.map((bins, number) => ({
            bins: new Map(
              bins
                .toSorted((a, b) => a.bin - b.bin)
                .map(({ bin, at, length }, place) => {
                  const from = number * 1000 + place * 50 + at;
                  return [bin, [chunk(from, from + length)]] as const;
                }),
            ),
            linear: [],
          }));
          const places = new IndexPlaces({ ...index, references: all });
          for (const [reference, position] of asked) {
            const own = [...(all[reference]?.bins ?? [])].map(([bin, [one]]) => ({
              to: basesOfBin(index, bin).to,
              from: one?.from.block ?? 0,
              end: one?.to.block ?? 0,
            }));
            const later = all.slice(reference + 1).flatMap(({ bins }) => [...bins.values()].flat());
            const passed = own.filter(({ to }) => to <= position).map(({ end }) => end);
            const expected =
              own.length === 0
                ? later[0]?.from.block
                : Math.max(Math.min(...own.map(({ from }) => from)), ...passed);
            expect(places.searchFrom(reference, position)?.block).toBe(expected);
          }
        },
      ),
    );
  });
});

describe('divideWork', () => {
  const work = workByBins(index, named, 550);

  it('divides by the offsets of the index, not by length', () => {
    expect([...divideWork(work, { parts: 2 })]).toEqual([
      { index: 0, regions: [{ reference: 'a', from: 0, to: 16_384 }], unplaced: false, work: 200 },
      {
        index: 1,
        regions: [
          { reference: 'a', from: 16_384, to: 32_768 },
          { reference: 'b', from: 0, to: 100 },
          { reference: 'c', from: 0, to: 50 },
        ],
        unplaced: false,
        work: 200,
      },
      { index: 2, regions: [], unplaced: true, work: 50 },
    ]);
  });

  it('is not misled by what is placed before the first base', () => {
    const [first, ...others] = index.references;
    const bins = new Map([...(first?.bins ?? []), [leaf - 1, [chunk(100, 150)]] as const]);
    const odd = { ...index, references: [{ ...first, bins, linear: first?.linear ?? [] }, ...others] };
    expect([...workByBins(odd, named, 550).references]).toMatchObject(
      [...work.references].map(({ points }) => ({ points })),
    );
    const lengthless = named.map(({ name }) => ({ name }));
    expect(workByBins(odd, lengthless, 550).references.at(0)?.points).toEqual(work.references.at(0)?.points);
  });

  it('divides by reads where the index counts them', () => {
    const parts = [...divideWork(work, { parts: 7, by: 'reads' })];
    expect(parts.map((part) => part.work)).toEqual([5, 5, 5, 5, 5, 5, 5, 4]);
    expect(parts[6]?.regions.map(({ reference }) => reference)).toEqual(['b', 'c']);
    const uncounted: FileWork = {
      ...work,
      references: [...work.references].map((one) => ({ ...one, reads: undefined })),
    };
    expect(() => [...divideWork(uncounted, { parts: 2, by: 'reads' })]).toThrow('does not count the reads');
  });

  const anyReference = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(500)), { maxLength: 6 })
    .chain((steps) => fc.tuple(fc.constant(steps), fc.nat(1000), fc.nat(50)));
  const anyWork: fc.Arbitrary<FileWork> = fc.array(anyReference, { maxLength: 6 }).map((references) => ({
    references: references.map(([steps, beyond, reads], number) => {
      const points = [{ position: 0, bytes: 0 }];
      for (const [position, bytes] of steps) {
        const last = points.at(-1) ?? { position: 0, bytes: 0 };
        points.push({ position: last.position + position, bytes: last.bytes + bytes });
      }
      const length = Math.max(1, (points.at(-1)?.position ?? 0) + beyond - 500);
      return { name: `r${number}`, length, points, reads };
    }),
    unplaced: { bytes: 10, reads: undefined },
  }));
  const anyOptions: fc.Arbitrary<DivideOptions> = fc.oneof(
    fc.record({
      parts: fc.integer({ min: 1, max: 30 }),
      by: fc.constantFrom('bytes' as const, 'reads' as const),
    }),
    fc.record({ maximalWork: fc.integer({ min: 20, max: 3000 }) }),
  );

  const expectCover = (any: FileWork, regions: readonly Region[]): void => {
    let at = 0;
    for (const { name, length = 0 } of any.references) {
      let from = 0;
      for (; from < length; at += 1) {
        const region = regions[at];
        expect(region).toMatchObject({ reference: name, from });
        expect(region?.to).toBeGreaterThan(from);
        from = region?.to ?? Number.POSITIVE_INFINITY;
      }
      expect(from).toBe(length);
    }
    expect(at).toBe(regions.length);
  };

  it('puts every base into exactly one region, in order, and leaves no part without any', () => {
    fc.assert(
      fc.property(anyWork, anyOptions, (any, options) => {
        const parts = [...divideWork(any, options)];
        expect(parts.map((part) => part.index)).toEqual(parts.map((_, at) => at));
        const placed = parts.filter(({ unplaced }) => !unplaced);
        if ('parts' in options) expect(placed.length).toBeLessThanOrEqual(options.parts);
        const regions = placed.flatMap((part) => part.regions);
        if (any.references.length > 0) for (const part of placed) expect(part.regions).not.toEqual([]);
        expectCover(any, regions);
        expect(parts.filter(({ unplaced }) => unplaced).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('shares work out evenly where it can be cut anywhere', () => {
    const even: FileWork = {
      references: [
        {
          name: 'x',
          length: 1000,
          points: [
            { position: 0, bytes: 0 },
            { position: 1000, bytes: 900 },
          ],
          reads: 0,
        },
        {
          name: 'y',
          length: 1000,
          points: [
            { position: 0, bytes: 0 },
            { position: 1000, bytes: 100 },
          ],
          reads: 0,
        },
      ],
      unplaced: { bytes: 0, reads: 0 },
    };
    const parts = [...divideWork(even, { maximalWork: 250 })];
    expect(parts.map((part) => part.work)).toEqual([250, 250, 250, 250]);
    expect(parts.at(-1)?.regions).toEqual([
      { reference: 'x', from: 833, to: 1000 },
      { reference: 'y', from: 0, to: 1000 },
    ]);
  });

  it('leaves regions open where lengths are not known', () => {
    const unknown = workByBins(index, [{ name: 'a' }], 400);
    const parts = [...divideWork(unknown, { parts: 2 })];
    expect(parts[1]?.regions).toEqual([{ reference: 'a', from: 12_288 }]);
  });

  it('knows slices of CRAM, too', () => {
    const slices = parseCrai(
      '0\t1\t500\t1000\t20\t300\n0\t501\t500\t2000\t20\t300\n-1\t0\t1\t3000\t20\t70\n',
    );
    const parts = [...divideWork(workBySlices(slices, [{ name: 'a', length: 1000 }]), { parts: 2 })];
    expect(parts).toEqual([
      { index: 0, regions: [{ reference: 'a', from: 0, to: 500 }], unplaced: false, work: 300 },
      { index: 1, regions: [{ reference: 'a', from: 500, to: 1000 }], unplaced: false, work: 300 },
      { index: 2, regions: [], unplaced: true, work: 70 },
    ]);
  });

  it('refuses what it cannot divide into', () => {
    for (const options of [{ parts: 0 }, { parts: 2.5 }, { maximalWork: 0 }]) {
      expect(() => [...divideWork(work, options)]).toThrow('at least one part');
    }
  });
});

describe('indexes, whole and damaged', () => {
  const int32 = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [at, value] of values.entries()) bytes.writeInt32LE(value, 4 * at);
    return bytes;
  };
  const bai = Buffer.concat([
    Buffer.from('BAI\x01'),
    int32(1, 1, leaf, 1),
    Buffer.from([1, 0, 100, 0, 0, 0, 0, 0, 2, 0, 200, 0, 0, 0, 0, 0]),
    int32(0),
  ]);

  it('are read when they are whole', () => {
    expect(parseBinningIndex(bai).references.at(0)?.bins.get(leaf)).toEqual([
      { from: { block: 100, within: 1 }, to: { block: 200, within: 2 } },
    ]);
  });

  it('know each of their references, in whatever order they are asked for', () => {
    const counts = [1, 0, 3, 2];
    const references = counts.flatMap((bins) => [
      int32(bins),
      ...Array.from({ length: bins }, (_, bin) => int32(leaf + bin, 1, 0, 0, 0, bins)),
      int32(0),
    ]);
    const index = parseBinningIndex(Buffer.concat([Buffer.from('BAI\x01'), int32(4), ...references]));
    for (const number of [3, 0, 0, 2, 1]) expect(index.references.at(number)?.bins.size).toBe(counts[number]);
    expect(Array.from(index.references, ({ bins }) => bins.size)).toEqual(counts);
    expect(index.references.at(4)).toBeUndefined();
  });

  it('are refused wherever they are cut off, and never take more memory than they have', () => {
    for (let length = 0; length < bai.length; length += 1) {
      expect(() => parseBinningIndex(bai.subarray(0, length), 'x.bai')).toThrow(FormatError);
    }
    fc.assert(
      fc.property(fc.nat(bai.length - 5), fc.nat(255), (at, value) => {
        const damaged = Buffer.from(bai);
        damaged[at + 4] = value;
        try {
          parseBinningIndex(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });

  it('of FASTA are refused with their line', () => {
    expect(parseFai('')).toEqual([]);
    expect(() => parseFai('chr1\t10\t6\t60\t61\nchr2\tx\t6\t60\t61\n', 'x.fai')).toThrow('x.fai, line 2');
    expect(() => parseCrai('1\t2\t3\n', 'x.crai')).toThrow('x.crai, line 1');
  });
});

describe('the index of bgzip', () => {
  const starts = [
    { offset: 0, contentOffset: 0 },
    { offset: 50, contentOffset: 1000 },
    { offset: 90, contentOffset: 3000 },
  ];

  it('is written as it is read, and finds the block of a place', () => {
    expect(parseGzi(writeGzi(starts))).toEqual(starts);
    expect([0, 999, 1000, 2999, 3000, 9999].map((place) => blockAt(starts, place).offset)).toEqual([
      0, 0, 50, 50, 90, 90,
    ]);
    expect(() => blockAt(starts, -1)).toThrow('no block');
  });

  it('is refused when it is cut off or out of order', () => {
    expect(() => parseGzi(writeGzi(starts).subarray(0, -1))).toThrow('too short');
    expect(() => parseGzi(writeGzi(starts.toReversed()))).toThrow('rising order');
  });
});
