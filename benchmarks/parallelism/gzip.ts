import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { compete } from '../measure.ts';
import { catOfTheirParts, OurWork, seqkitSplit } from './contenders.ts';
import { writeFastq } from './inputs.ts';
import { ratioRow, reportedIn, scaled, shell } from './programs.ts';

const megabytes = scaled(300);
const partCount = 16;
const rounds = 3;

/** FASTQ in gzip and in BGZF: split and merged, beside seqkit. */
export function benchmarkGzip(): Promise<void> {
  return reportedIn('parallelism-gzip', 'Splits and merges of compressed FASTQ', async (folder, report) => {
    const records = writeFastq(path.join(folder, 'reads'), megabytes);
    await shell('gzip -6 < reads > gzip.fastq.gz && bgzip -@ 2 -c reads > bgzf.fastq.gz', folder);
    await compareCompressed(folder, 'gzip.fastq.gz', records, report);
    await compareCompressed(folder, 'bgzf.fastq.gz', records, report);
  });
}

async function compareCompressed(
  folder: string,
  file: string,
  records: number,
  report: Report,
): Promise<void> {
  const split = { strategy: 'records', parameters: { format: 'fastq', parts: partCount } };
  const check = 'cmp reads <(gzip -dc < merged)';
  const ours = new OurWork({ folder, file, split, merge: { merge: 'lines' }, partCount, check });
  const contenders = [
    { name: 'gzip -dc', run: () => shell(`gzip -dc < ${file} > /dev/null`, folder) },
    seqkitSplit(folder, file, Math.ceil(records / partCount)),
    catOfTheirParts(folder, check),
    ours.plan,
    ours.cut,
    ours.merge,
  ];
  const times = await compete(contenders, { rounds });
  const [gunzip = 0, seqkit = 0, theirCat = 0, planned = 0, cutting = 0, merging = 0] = times;
  report.table(`${megabytes} MB of FASTQ in ${file.split('.')[0]}, ${partCount} parts`, [
    ['', 'seconds', 'ratio to seqkit'],
    ratioRow('gzip -dc FILE > /dev/null', gunzip, seqkit),
    ratioRow('seqkit split2', seqkit, seqkit),
    ratioRow('plan, cut', planned + cutting, seqkit),
    ratioRow('cat of its parts', theirCat, theirCat),
    ratioRow('merge', merging, theirCat),
    ratioRow('all of seqkit, cat', seqkit + theirCat, seqkit + theirCat),
    ratioRow('all: plan, cut, merge', planned + cutting + merging, seqkit + theirCat),
  ]);
  report.text(`Peak memory of planning and merging: ${ours.peak} MB.`);
}
