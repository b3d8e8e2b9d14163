import { gunzipSync } from 'node:zlib';
import { builtIn, strategyNamed } from '@galaxy-mesos/parallelism';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { recordsIn, type Sample, type StrategyClaims, samplesOf, strategyLaws } from '../src/index.ts';
import { bamOf, readsIn } from './made-bam.ts';

const checked = new Set<string>();

function check(name: string, claims: StrategyClaims): void {
  checked.add(name);
  describe(`the strategy ${name}`, () => {
    for (const law of strategyLaws(strategyNamed(name), claims)) it(law.name, () => law.run());
  });
}

afterAll(() => {
  // It needs an index: with-samtools.test.ts.
  const left = builtIn.strategies.map(({ name }) => name).filter((name) => !checked.has(name));
  expect(left).toEqual(['regions']);
});

const inTwo = { size: 2 };
const anyAmount = fc.oneof(
  fc.record({ size: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ parts: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ bytes: fc.integer({ min: 1, max: 300 }) }),
);

/** A megabyte and more is read at once. */
const large = '>x\nACGT\n'.repeat(2_000_000);

for (const format of ['fasta', 'fastq', 'text', 'tabular', 'csv', 'tsv', 'bed', 'sam', 'vcf', 'jsonl']) {
  const header = { tabular: '#a\tb\n', csv: 'a,b\n', tsv: 'a\tb\n', sam: '@HD\tVN:1.6\n' }[format] ?? '';
  const ofFormat = { format, ...inTwo };
  const samples: Sample[] =
    format === 'vcf' || format === 'bed'
      ? []
      : [{ title: `nothing but the header of ${format}`, inputs: { input: header }, parameters: ofFormat }];
  check('records', {
    samples,
    generated: samplesOf(format, { parameters: anyAmount.map((amount) => ({ format, ...amount })) }),
    runs: 6,
    recordsOf: recordsIn(format),
    rejoin:
      header === '' && format !== 'vcf' ? { merge: 'concat' } : { merge: 'header', parameters: { format } },
  });
}

const fasta: Sample = {
  title: 'three records of FASTA',
  inputs: { genes: '>a\nAC\n>b\nGT\n>c\nAA\n' },
  parameters: { format: 'fasta', size: 1 },
};

check('records', {
  samples: [
    fasta,
    { title: 'one record', inputs: { genes: '>a\nAC\n' }, parameters: { format: 'fasta', parts: 4 } },
    {
      title: 'parts of a time',
      inputs: { genes: '>abc\nACGTACGTACGT\n'.repeat(200) },
      parameters: { format: 'fasta', minutes: 0.05 },
    },
    {
      title: 'mates',
      inputs: { left: '>a\nA\n>b\nC\n', right: '>a\nG\n>b\nT\n' },
      parameters: { format: 'fasta', size: 1 },
    },
  ],
  recordsOf: recordsIn('fasta'),
  rejoin: { merge: 'concat' },
  refused: [
    { title: 'what is no FASTA', inputs: { genes: 'ACGT\n' }, parameters: { format: 'fasta', size: 1 } },
    {
      title: 'gzip that is cut off',
      inputs: { genes: '\x1f\x8b\x08\x00\x00' },
      parameters: { format: 'fasta', size: 1 },
    },
    {
      title: 'mates of which one has none',
      inputs: { left: '>a\nA\n>b\nC\n', right: '>a\nG\n' },
      parameters: { format: 'fasta', size: 1 },
      names: 'RECORDS_DISAGREE',
    },
  ],
  refusedParameters: [
    {},
    { format: 'fasta' },
    { format: 'fasta', size: 0 },
    { format: 'fasta', size: 1, parts: 1 },
  ],
  lazy: {
    title: '16 MB of FASTA',
    inputs: { genes: `${large}>x\nA\0C\n` },
    parameters: { format: 'fasta', size: 10 },
  },
  memory: {
    sample: {
      title: '64 MB of FASTA',
      inputs: { genes: large.repeat(4) },
      parameters: { format: 'fasta', size: 1000 },
    },
    megabytes: 48,
  },
  tooMany: {
    title: '200,000 records',
    inputs: { genes: '>\n'.repeat(200_000) },
    parameters: { format: 'fasta', size: 1 },
  },
});

check('pairs', {
  samples: [
    {
      title: 'two files',
      inputs: { left: '>a\nA\n>b\nC\n>c\nG\n', right: '>x\nT\n>y\nA\n' },
      parameters: { format: 'fasta', size: 1 },
    },
    { title: 'nothing', inputs: { left: '', right: '' }, parameters: { format: 'fasta', parts: 2 } },
  ],
  refused: [
    {
      title: 'what is no FASTA',
      inputs: { left: '>a\nA\n', right: 'text\n' },
      parameters: { format: 'fasta', size: 1 },
    },
  ],
  refusedParameters: [{ format: 'fasta' }],
});

check('scatter', {
  samples: [
    { title: 'a collection', inputs: { files: ['first', 'second', ''] } },
    { title: 'one file', inputs: { files: 'alone' } },
  ],
  rejoin: { merge: 'concat' },
  refused: [
    { title: 'a relative path', inputs: { files: 'no/such\n' }, parameters: { list: true } },
    { title: 'a list of nothing', inputs: { files: '' }, parameters: { list: true } },
    {
      title: 'a list of a file that is not there',
      inputs: { files: '/no/such\n' },
      parameters: { list: true },
      names: '/no/such',
    },
  ],
});

check('replicate', {
  samples: [
    { title: 'seven', inputs: {}, parameters: { replicates: 7 } },
    { title: 'one', inputs: {}, parameters: { replicates: 1, seed: 0 } },
  ],
  refusedParameters: [{}, { replicates: 0 }, { replicates: 100_001 }],
});

check('sweep', {
  samples: [
    { title: 'a grid', inputs: {}, parameters: { values: { k: [1, 2, 3], mode: ['a', 'b c'] } } },
    { title: 'a table', inputs: { table: 'k\tmode\n1\ta\n2\tb\n' }, parameters: {} },
  ],
  refused: [
    { title: 'a table with a torn line', inputs: { table: 'k\tmode\n1\n' }, parameters: {} },
    { title: 'an empty table', inputs: { table: '' }, parameters: {} },
  ],
  tooMany: {
    title: 'a grid of a million',
    inputs: {},
    parameters: { values: { a: { from: 1, to: 1000, step: 1 }, b: { from: 1, to: 1000, step: 1 } } },
  },
});

const bam = await bamOf(4000);
const readsOfFile = (file: Buffer): readonly string[] => readsIn(gunzipSync(file));

check('blocks', {
  samples: [
    { title: 'many reads in parts', inputs: { reads: bam }, parameters: { parts: 3, verify: true } },
    { title: 'many reads by number', inputs: { reads: bam }, parameters: { size: 1500 } },
    { title: 'one read', inputs: { reads: await bamOf(1) }, parameters: { parts: 4 } },
    { title: 'the header only', inputs: { reads: await bamOf(0) }, parameters: { parts: 2 } },
  ],
  recordsOf: readsOfFile,
  refused: [
    { title: 'a file that is cut off', inputs: { reads: bam.subarray(0, -40) }, parameters: { parts: 2 } },
    { title: 'a text', inputs: { reads: 'no reads\n' }, parameters: { parts: 2 } },
    { title: 'an empty file', inputs: { reads: '' }, parameters: { parts: 2 } },
  ],
  refusedParameters: [{}, { parts: 1, size: 1 }],
});
