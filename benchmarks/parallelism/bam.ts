import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { compete } from '../measure.ts';
import { writeBam } from './inputs.ts';
import {
  cut,
  join,
  once,
  partNames,
  plan,
  ratioRow,
  remove,
  reportedIn,
  scaled,
  shell,
  start,
} from './programs.ts';

const reads = scaled(4_000_000);
const partCount = 16;
const rounds = 3;
const contigs = 4;
const length = 100_000_000;

/** The stretches of a sequence that samtools is asked for. */
const regions = Array.from({ length: partCount }, (_, index) => {
  const each = partCount / contigs;
  const step = length / each;
  const from = (index % each) * step;
  return `chr${1 + Math.floor(index / each)}:${from + 1}-${from + step}`;
});

/** BAM by blocks: cut and merged, beside samtools by region and `cat`. */
export function benchmarkBam(): Promise<void> {
  return reportedIn('parallelism-bam', 'BAM by blocks', async (folder, report) => {
    await writeBam(path.join(folder, 'input.bam'), reads);
    await shell('samtools index input.bam', folder);
    await compareBam(folder, report);
  });
}

async function compareBam(folder: string, report: Report): Promise<void> {
  const names = partNames(partCount);
  const theirs = regions.map((_, index) => `theirs-${index}`);
  const split = { strategy: 'blocks', parameters: { parts: partCount } };
  const readsOf = 'samtools view';
  let peak = 0;
  const contenders = [
    {
      name: 'cat to a copy',
      run: async () => {
        const seconds = await shell('cat input.bam > copy', folder);
        remove(folder, 'copy');
        return seconds;
      },
    },
    {
      name: 'samtools view by region',
      run: once(() => {
        const commands = regions.map(
          (region, index) => `${readsOf} -b -o theirs-${index} input.bam ${region}`,
        );
        return shell(commands.join(' && '), folder);
      }),
    },
    {
      name: 'samtools cat',
      run: async () => {
        const seconds = await shell(`samtools cat -o merged ${theirs.join(' ')}`, folder);
        remove(folder, 'merged');
        return seconds;
      },
    },
    { name: 'start', run: () => start(folder) },
    {
      name: 'plan',
      run: async () => {
        const used = await plan(folder, split, 'input.bam');
        peak = Math.max(peak, used.peakMegabytes);
        return used.seconds;
      },
    },
    { name: 'cut', run: () => cut(folder) },
    {
      name: 'cat of the parts',
      run: async () => {
        const seconds = await shell(`cat ${names.join(' ')} > merged`, folder);
        remove(folder, 'merged');
        return seconds;
      },
    },
    {
      name: 'merge',
      run: async () => {
        const used = await join(folder, { merge: 'bam' }, names, 'merged');
        peak = Math.max(peak, used.peakMegabytes);
        remove(folder, ...names);
        return used.seconds;
      },
    },
  ];
  const times = await compete(contenders, { rounds });
  await shell(`cmp <(${readsOf} input.bam) <(${readsOf} merged)`, folder);
  const [
    copy = 0,
    view = 0,
    theirCat = 0,
    started = 0,
    planned = 0,
    cutting = 0,
    catOfParts = 0,
    merging = 0,
  ] = times;
  const size = Number((await sizeOf(folder)).toFixed(0));
  report.table(`${size} MB of BAM, ${reads.toLocaleString('en')} reads, ${partCount} parts`, [
    ['', 'seconds', 'ratio to cat', 'ratio to samtools'],
    ratioRow('cat FILE > COPY', copy, copy, view),
    ratioRow('samtools view by region', view, copy, view),
    ratioRow('start of a program of ours, twice in all', started, copy, view),
    ratioRow('plan, cut', planned + cutting, copy, view),
    ratioRow('samtools cat', theirCat, catOfParts, theirCat),
    ratioRow('cat of the parts', catOfParts, catOfParts, theirCat),
    ratioRow('merge', merging, catOfParts, theirCat),
    ratioRow('all of cat: copy, cat of parts', copy + catOfParts, copy + catOfParts, view + theirCat),
    ratioRow('all: plan, cut, merge', planned + cutting + merging, copy + catOfParts, view + theirCat),
  ]);
  report.text(`Peak memory of planning and merging: ${Math.round(peak)} MB.`);
}

async function sizeOf(folder: string): Promise<number> {
  const { stat } = await import('node:fs/promises');
  return (await stat(path.join(folder, 'input.bam'))).size / 1e6;
}
