import { gunzipSync } from 'node:zlib';
import { encode } from '@galaxy-mesos/formats';
import { builtIn, mergeNamed } from '@galaxy-mesos/parallelism';
import { afterAll, describe, expect, it } from 'vitest';
import { type MergeClaims, mergeLaws } from '../src/index.ts';
import { bamOf, readsIn } from './made-bam.ts';

const checked = new Set<string>();

function check(name: string, claims: MergeClaims): void {
  checked.add(name);
  describe(`the merge ${name}`, () => {
    for (const law of mergeLaws(mergeNamed(name), claims)) it(law.name, () => law.run());
  });
}

afterAll(() => {
  // cram: with-samtools.test.ts; hdf5 needs a Python with h5py: packages/parallelism/test/merges/hdf5.test.ts.
  const left = builtIn.merges.map(({ name }) => name).filter((name) => !checked.has(name));
  expect(left).toEqual(['cram', 'hdf5']);
});

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'latin1');
}
const blocked = async (text: string): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(encode(once(text), 'bgzf')));

check('concat', {
  samples: [
    { title: 'bytes of all kinds', parts: ['a\0\xff', '\n', 'b'], result: 'a\0\xff\nb' },
    { title: 'one part', parts: ['alone'], result: 'alone' },
    { title: 'nothing', parts: ['', ''], result: '' },
  ],
});

check('lines', {
  samples: [
    { title: 'a line that is not closed', parts: ['a', 'b\nc'], result: 'a\nb\nc' },
    { title: 'one part', parts: ['a\n'], result: 'a\n' },
  ],
});

check('header', {
  samples: [
    {
      title: 'CSV under one header',
      parts: ['a,b\n1,2\n', 'a,b\n', 'a,b\n3,4\n'],
      parameters: { format: 'csv' },
      result: 'a,b\n1,2\n3,4\n',
    },
    { title: 'one part', parts: ['a,b\n1,2\n'], parameters: { format: 'csv' }, result: 'a,b\n1,2\n' },
  ],
  refused: [
    { title: 'headers that differ', parts: ['a,b\n1,2\n', 'a,c\n3,4\n'], parameters: { format: 'csv' } },
    { title: 'a format that there is not', parts: ['a\n'], parameters: { format: 'zzz' }, names: 'zzz' },
  ],
  refusedParameters: [{ headers: 'none' }],
});

check('sorted', {
  samples: [
    {
      title: 'lines by number',
      parts: ['a\t1\nb\t30\n', 'c\t2\nd\t100\n'],
      parameters: { keys: [{ column: 2, kind: 'number' }] },
      result: 'a\t1\nc\t2\nb\t30\nd\t100\n',
    },
  ],
  refused: [{ title: 'a part that is not sorted', parts: ['b\n', 'c\na\n'] }],
  refusedParameters: [{ keys: [] }],
});

const sam = (...lines: readonly string[]): string =>
  ['@HD\tVN:1.6\tSO:coordinate', '@SQ\tSN:chr1\tLN:1000', ...lines, ''].join('\n');
const read = (name: string, at: number): string => `${name}\t0\tchr1\t${at}\t60\t2M\t*\t0\t0\tAC\t*`;

check('sam', {
  samples: [
    {
      title: 'reads by coordinate',
      parts: [sam(read('a', 1), read('b', 9)), sam(read('c', 5))],
      result: sam(read('a', 1), read('c', 5), read('b', 9)),
    },
  ],
  refused: [{ title: 'what is no SAM', parts: [sam(read('a', 1)), 'text\n'] }],
});

check('bam', {
  emptyParts: 'refused',
  samples: [
    {
      title: 'reads of two parts',
      parts: [await bamOf(3), await bamOf(2)],
      result: (bytes) => expect(readsIn(gunzipSync(bytes))).toHaveLength(5),
    },
  ],
  refused: [
    { title: 'what is no BAM', parts: [await bamOf(1), 'text\n'] },
    { title: 'a part that is cut off', parts: [(await bamOf(2000)).subarray(0, -40), await bamOf(1)] },
  ],
});

check('bgzf', {
  emptyParts: 'refused',
  samples: [
    {
      title: 'two parts',
      parts: [await blocked('one\n'), await blocked('two\n')],
      result: (bytes) => expect(gunzipSync(bytes).toString()).toBe('one\ntwo\n'),
    },
  ],
  refused: [{ title: 'what is not compressed', parts: [await blocked('one\n'), 'text\n'] }],
});

const vcf = (...lines: readonly string[]): string =>
  [
    '##fileformat=VCFv4.2',
    '##contig=<ID=chr1>',
    '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO',
    ...lines,
    '',
  ].join('\n');
const variant = (at: number): string => `chr1\t${at}\t.\tA\tC\t.\tPASS\t.`;

check('vcf', {
  emptyParts: 'refused',
  samples: [
    { title: 'two parts', parts: [vcf(variant(1)), vcf(variant(2))], result: vcf(variant(1), variant(2)) },
  ],
  refused: [{ title: 'what is no VCF', parts: [vcf(variant(1)), 'text\n'] }],
});

check('trimmed', {
  // What is joined is of several regions, and no part of one any more.
  closed: false,
  samples: [
    {
      title: 'regions that overlap',
      parts: ['chr1\t4\t9\nchr1\t5\t6\n', 'chr1\t4\t9\nchr1\t5\t7\n'],
      values: [{ region: 'chr1:1-5' }, { region: 'chr1:6-10' }],
      parameters: { format: 'bed' },
      result: 'chr1\t4\t9\nchr1\t5\t7\n',
    },
  ],
  refused: [{ title: 'what has no place', parts: ['chr1\t4\t9\n', 'chr1\tfour\n'] }],
});

check('blast', {
  samples: [
    { title: 'two parts', parts: ['q1\ts1\t99\n', 'q2\ts1\t98\n'], result: 'q1\ts1\t99\nq2\ts1\t98\n' },
  ],
});

const iterations = (...numbers: readonly number[]): string =>
  [
    '<BlastOutput>\n<BlastOutput_iterations>\n',
    ...numbers.map(
      (number) => `<Iteration>\n<Iteration_iter-num>${number}</Iteration_iter-num>\n</Iteration>\n`,
    ),
    '</BlastOutput_iterations>\n</BlastOutput>\n',
  ].join('');

check('blastxml', {
  emptyParts: 'refused',
  samples: [{ title: 'two parts', parts: [iterations(1, 2), iterations(1)], result: iterations(1, 2, 3) }],
  refused: [{ title: 'what is no XML of BLAST', parts: [iterations(1), 'text\n'] }],
});

const searches = (...queries: readonly string[]): string =>
  `<BlastXML2>\n${queries.map((query) => `<BlastOutput2>${query}</BlastOutput2>\n`).join('\n')}</BlastXML2>\n`;

check('blastxml2', {
  emptyParts: 'refused',
  samples: [{ title: 'two parts', parts: [searches('a'), searches('b')], result: searches('a', 'b') }],
  refused: [{ title: 'what is no XML of BLAST', parts: [searches('a'), 'text\n'] }],
});

check('sum', {
  samples: [
    { title: 'by key', parts: ['a\t1\nb\t2\n', 'b\t3\n'], result: 'a\t1\nb\t5\n' },
    { title: 'one number', parts: ['12\n', '30\n'], result: '42\n' },
  ],
  refused: [{ title: 'what is no number', parts: ['a\t1\n', 'a\tmany\n'] }],
});

check('count', {
  closed: false,
  samples: [{ title: 'lines', parts: ['a\nb\n', 'a\n'], parameters: { keys: [1] }, result: 'a\t2\nb\t1\n' }],
});

check('histogram', {
  samples: [{ title: 'bins', parts: ['1\t2\n2\t5\n', '2\t1\n3\t1\n'], result: '1\t2\n2\t6\n3\t1\n' }],
});

check('table', {
  closed: false,
  emptyParts: 'content',
  samples: [
    {
      title: 'results of a sweep',
      parts: ['score\n1\n', 'score\n2\n'],
      labels: ['k=1', 'k=2'],
      values: [{ k: '1' }, { k: '2' }],
      parameters: { format: 'tsv' },
      result: 'k\tscore\n1\t1\n2\t2\n',
    },
  ],
  refused: [
    {
      title: 'headers that differ',
      parts: ['score\n1\n', 'points\n2\n'],
      values: [{ k: '1' }, { k: '2' }],
      parameters: { format: 'tsv' },
    },
  ],
});

check('collection', {
  closed: false,
  emptyParts: 'content',
  samples: [
    {
      title: 'files with labels',
      parts: ['one', ''],
      labels: ['k=1', 'k=2'],
      result: (bytes) => expect(bytes.toString()).toContain('one'),
    },
  ],
});

check('first', {
  closed: false,
  emptyParts: 'content',
  needsAll: false,
  samples: [{ title: 'two parts', parts: ['one', 'two'], parameters: { part: 2 }, result: 'two' }],
  refused: [
    {
      title: 'the third of two',
      parts: ['one', 'two'],
      parameters: { part: 3 },
      names: 'there is no part 3',
    },
  ],
});

check('none', {
  needsAll: false,
  samples: [{ title: 'two parts', parts: ['one', 'two'], result: '' }],
});
