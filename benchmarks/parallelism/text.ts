import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { compete } from '../measure.ts';
import { catOfOurParts, catOfTheirParts, catToCopy, OurWork, seqkitSplit } from './contenders.ts';
import { writeFasta, writeFastq } from './inputs.ts';
import { inFolder, ratioRow, reported, scaled, shell, start } from './programs.ts';

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
  const check = `cmp ${file} merged`;
  const ours = new OurWork({ folder, file, split, merge: { merge: 'lines' }, partCount, check });
  const contenders = [
    { name: 'cat to nothing', run: () => shell(`cat ${file} > /dev/null`, folder) },
    catToCopy(folder, file),
    seqkitSplit(folder, file, Math.ceil(records / partCount)),
    catOfTheirParts(folder, check),
    { name: 'start', run: () => start(folder) },
    ours.cutWhilePlanned,
    ours.plan,
    ours.cut,
    catOfOurParts(folder, partCount, 'sync -d'),
    ours.merge,
  ];
  const times = await compete(contenders, { rounds });
  const [
    nothing = 0,
    copy = 0,
    seqkit = 0,
    theirCat = 0,
    started = 0,
    written = 0,
    planned = 0,
    cutting = 0,
    synced = 0,
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
      ratioRow('cat of the parts, sync -d', synced, copy, theirCat),
      ratioRow('merge', merging, copy, theirCat),
      ratioRow('by reference: plan, merge', planned + merging, copy, seqkit + theirCat),
      ratioRow('parts written: while planned', written, copy, seqkit),
      ratioRow('parts written: plan, then cut', planned + cutting, copy, seqkit),
      ratioRow('all: plan, cut, merge', planned + cutting + merging, copy, seqkit + theirCat),
    ],
  );
  report.text(`Peak memory of planning and merging: ${ours.peak} MB.`);
}
