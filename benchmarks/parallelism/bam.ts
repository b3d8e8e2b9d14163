import { statSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { compete } from '../measure.ts';
import { catOfOurParts, catToCopy, OurWork } from './contenders.ts';
import { writeBam } from './inputs.ts';
import { once, ratioRow, remove, reportedIn, scaled, shell, start } from './programs.ts';

const reads = scaled(4_000_000);
const partCount = 16;
const rounds = 3;
const contigs = 4;
const length = 100_000_000;
const copiesInLarge = 5;
const readsOf = 'samtools view';

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
    // As large as files of real runs are, where the start of a program does not count any more.
    const copies = Array.from({ length: copiesInLarge }, () => 'input.bam').join(' ');
    await shell(`samtools cat -o large.bam ${copies} && rm input.bam*`, folder);
    await compareBlocks(folder, report);
  });
}

async function compareBam(folder: string, report: Report): Promise<void> {
  const theirs = regions.map((_, index) => `theirs-${index}`);
  const ours = blocksOf(folder, 'input.bam');
  const contenders = [
    catToCopy(folder, 'input.bam'),
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
    ours.plan,
    ours.cut,
    catOfOurParts(folder, partCount),
    catOfOurParts(folder, partCount, 'sync -d'),
    ours.merge,
  ];
  const times = await compete(contenders, { rounds });
  const [
    copy = 0,
    view = 0,
    theirCat = 0,
    started = 0,
    planned = 0,
    cutting = 0,
    catOfParts = 0,
    synced = 0,
    merging = 0,
  ] = times;
  report.table(
    `${megabytesOf(folder, 'input.bam')} MB of BAM, ${reads.toLocaleString('en')} reads, ${partCount} parts`,
    [
      ['', 'seconds', 'ratio to cat', 'ratio to samtools'],
      ratioRow('cat FILE > COPY', copy, copy, view),
      ratioRow('samtools view by region', view, copy, view),
      ratioRow('start of a program of ours, twice in all', started, copy, view),
      ratioRow('plan, cut', planned + cutting, copy, view),
      ratioRow('samtools cat', theirCat, catOfParts, theirCat),
      ratioRow('cat of the parts', catOfParts, catOfParts, theirCat),
      ratioRow('cat of the parts, sync -d', synced, catOfParts, theirCat),
      ratioRow('merge', merging, catOfParts, theirCat),
      ratioRow('all of cat: copy, cat of parts', copy + catOfParts, copy + catOfParts, view + theirCat),
      ratioRow('all: plan, cut, merge', planned + cutting + merging, copy + catOfParts, view + theirCat),
    ],
  );
  report.text(`Peak memory of planning and merging: ${ours.peak} MB.`);
}

/** The same without samtools, which would take minutes. */
async function compareBlocks(folder: string, report: Report): Promise<void> {
  const ours = blocksOf(folder, 'large.bam');
  const contenders = [
    catToCopy(folder, 'large.bam'),
    { name: 'start', run: () => start(folder) },
    ours.plan,
    ours.cut,
    catOfOurParts(folder, partCount),
    catOfOurParts(folder, partCount, 'sync -d'),
    ours.merge,
  ];
  const times = await compete(contenders, { rounds });
  const [copy = 0, started = 0, planned = 0, cutting = 0, catOfParts = 0, synced = 0, merging = 0] = times;
  report.table(`${megabytesOf(folder, 'large.bam')} MB of BAM, ${partCount} parts`, [
    ['', 'seconds', 'ratio to cat'],
    ratioRow('cat FILE > COPY', copy, copy),
    ratioRow('start of a program of ours, twice in all', started, copy),
    ratioRow('plan, cut', planned + cutting, copy),
    ratioRow('cat of the parts', catOfParts, catOfParts),
    ratioRow('cat of the parts, sync -d', synced, catOfParts),
    ratioRow('merge', merging, catOfParts),
    ratioRow('all of cat: copy, cat of parts', copy + catOfParts, copy + catOfParts),
    ratioRow('all: plan, cut, merge', planned + cutting + merging, copy + catOfParts),
  ]);
  report.text(`Peak memory of planning and merging: ${ours.peak} MB.`);
}

const blocksOf = (folder: string, file: string): OurWork =>
  new OurWork({
    folder,
    file,
    split: { strategy: 'blocks', parameters: { parts: partCount } },
    merge: { merge: 'bam' },
    partCount,
    check: `cmp <(bgzip -@ 2 -dc ${file}) <(bgzip -@ 2 -dc merged)`,
  });

const megabytesOf = (folder: string, file: string): string =>
  (statSync(path.join(folder, file)).size / 1e6).toFixed(0);
