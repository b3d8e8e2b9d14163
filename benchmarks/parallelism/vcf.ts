import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { compete } from '../measure.ts';
import { catToCopy } from './contenders.ts';
import { writeVcf } from './inputs.ts';
import { join, once, ratioRow, remove, reportedIn, scaled, shell, start } from './programs.ts';

const partCount = 16;
const megabytesEach = scaled(15);
const rounds = 3;

/** Parts of VCF joined, beside `bcftools concat` and `cat`. */
export function benchmarkVcf(): Promise<void> {
  return reportedIn('parallelism-vcf', 'Merges of VCF', async (folder, report) => {
    const names = Array.from({ length: partCount }, (_, index) => `${index}.vcf`);
    for (const [index, name] of names.entries())
      await writeVcf(path.join(folder, name), index, megabytesEach);
    await shell(`for part in ${names.join(' ')}; do bgzip -k $part; done`, folder);
    await compareVcf(folder, report, names, { title: 'VCF', type: 'v', other: undefined });
    const compressed = names.map((name) => `${name}.gz`);
    await compareVcf(folder, report, compressed, { title: 'VCF in BGZF', type: 'z', other: '--naive' });
  });
}

async function compareVcf(
  folder: string,
  report: Report,
  names: readonly string[],
  {
    title,
    type,
    other,
  }: { readonly title: string; readonly type: string; readonly other: string | undefined },
): Promise<void> {
  const list = names.join(' ');
  const concat = async (option: string): Promise<number> => {
    const seconds = await shell(
      `bcftools concat --no-version ${option} -O ${type} -o theirs ${list}`,
      folder,
    );
    remove(folder, 'theirs');
    return seconds;
  };
  let peak = 0;
  const merge = (duplicates: string) => async (): Promise<number> => {
    const used = await join(folder, { merge: 'vcf', parameters: { duplicates } }, names, 'merged');
    peak = Math.max(peak, used.peakMegabytes);
    return used.seconds;
  };
  const contenders = [
    catToCopy(folder, list),
    { name: 'bcftools concat', run: once(() => concat('')) },
    { name: `bcftools concat ${other ?? ''} again`, run: () => concat(other ?? '') },
    { name: 'start', run: () => start(folder) },
    { name: 'merge', run: merge('keep') },
    { name: 'merge without duplicates', run: merge('remove') },
  ];
  const [cat = 0, plain = 0, naive = 0, started = 0, keeping = 0, removing = 0] = await compete(contenders, {
    rounds,
  });
  const text = (files: string) => `<(for file in ${files}; do bcftools view -H "$file"; done)`;
  await shell(`cmp ${text('merged')} ${text(list)}`, folder);
  report.table(`${title}: ${partCount} parts of ${megabytesEach} MB of text`, [
    ['', 'seconds', 'ratio to bcftools', 'ratio to cat'],
    ratioRow('cat of the parts', cat, plain, cat),
    ratioRow('bcftools concat', plain, plain, cat),
    ...(other === undefined ? [] : [ratioRow(`bcftools concat ${other}`, naive, plain, cat)]),
    ratioRow('start of a program of ours', started, plain, cat),
    ratioRow('merge', keeping, plain, cat),
    ratioRow('merge, duplicates=remove', removing, plain, cat),
  ]);
  report.text(`Peak memory of merging: ${Math.round(peak)} MB.`);
}
