import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { compete } from '../measure.ts';
import { writeFasta, writeFastq } from './inputs.ts';
import {
  cut,
  inFolder,
  join,
  partNames,
  plan,
  ratioRow,
  remove,
  reported,
  scaled,
  shell,
  start,
} from './programs.ts';

const partCount = 16;
const rounds = 3;

interface TextInput {
  readonly format: 'fasta' | 'fastq';
  readonly megabytes: number;
}

const inputs: readonly TextInput[] = [
  { format: 'fasta', megabytes: scaled(206) },
  { format: 'fasta', megabytes: scaled(2000) },
  { format: 'fastq', megabytes: scaled(206) },
  { format: 'fastq', megabytes: scaled(2000) },
];

/** FASTA and FASTQ: split by reference or with parts written, and merged, beside `cat` and seqkit. */
export const benchmarkText = (): Promise<void> =>
  reported('parallelism-text', 'Splits and merges of FASTA and FASTQ', async (report) => {
    for (const input of inputs) await inFolder((folder) => compareText(folder, input, report));
  });

async function compareText(folder: string, { format, megabytes }: TextInput, report: Report): Promise<void> {
  const file = `input.${format}`;
  const write = format === 'fasta' ? writeFasta : writeFastq;
  const records = write(path.join(folder, file), megabytes);
  const split = { strategy: 'records', parameters: { format, parts: partCount } };
  let peak = 0;
  const contenders = [
    { name: 'cat to nothing', run: () => shell(`cat ${file} > /dev/null`, folder) },
    {
      name: 'cat to a copy',
      run: async () => {
        const seconds = await shell(`cat ${file} > copy`, folder);
        remove(folder, 'copy');
        return seconds;
      },
    },
    {
      name: 'seqkit split2',
      run: () =>
        shell(`seqkit split2 --quiet -s ${Math.ceil(records / partCount)} -O theirs ${file}`, folder),
    },
    {
      name: 'cat of its parts',
      run: async () => {
        const seconds = await shell('cat theirs/* > merged', folder);
        await shell(`cmp ${file} merged`, folder);
        remove(folder, 'theirs', 'merged');
        return seconds;
      },
    },
    { name: 'start', run: () => start(folder) },
    {
      name: 'plan',
      run: async () => {
        const used = await plan(folder, split, file);
        peak = Math.max(peak, used.peakMegabytes);
        return used.seconds;
      },
    },
    { name: 'cut', run: () => cut(folder) },
    {
      name: 'merge',
      run: async () => {
        const used = await join(folder, { merge: 'lines' }, partNames(partCount), 'merged');
        peak = Math.max(peak, used.peakMegabytes);
        await shell(`cmp ${file} merged`, folder);
        remove(folder, 'merged', ...partNames(partCount));
        return used.seconds;
      },
    },
  ];
  const times = await compete(contenders, { rounds });
  const [
    nothing = 0,
    copy = 0,
    seqkit = 0,
    theirCat = 0,
    started = 0,
    planned = 0,
    cutting = 0,
    merging = 0,
  ] = times;
  report.table(
    `${megabytes} MB of ${format.toUpperCase()}, ${records.toLocaleString('en')} records, ${partCount} parts`,
    [
      ['', 'seconds', 'ratio to cat', 'ratio to seqkit'],
      ratioRow('cat FILE > /dev/null', nothing, copy, seqkit),
      ratioRow('cat FILE > COPY', copy, copy, seqkit),
      ratioRow('seqkit split2', seqkit, copy, seqkit),
      ratioRow('seqkit split2, then cat', seqkit + theirCat, copy, seqkit + theirCat),
      ratioRow('start of a program of ours', started, copy, seqkit),
      ratioRow('plan', planned, copy, seqkit),
      ratioRow('merge', merging, copy, theirCat),
      ratioRow('by reference: plan, merge', planned + merging, copy, seqkit + theirCat),
      ratioRow('parts written: plan, cut', planned + cutting, copy, seqkit),
      ratioRow('all: plan, cut, merge', planned + cutting + merging, copy, seqkit + theirCat),
    ],
  );
  report.text(`Peak memory of planning and merging: ${Math.round(peak)} MB.`);
}
