import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../matcher/report.ts';
import { randomNumbers, writeBam } from './inputs.ts';
import { cut, inFolder, join, partNames, plan, remove, reported, scaled, shell } from './programs.ts';

const manyParts = 3000;
const linesEach = scaled(2000);

/** Merges that hold something of every part: their memory, by many parts. */
export const benchmarkMemory = (): Promise<void> =>
  reported('parallelism-memory', 'Memory of merges', measureMemory);

async function measureMemory(report: Report): Promise<void> {
  const rows = [['', 'parts', 'seconds', 'peak memory']];
  const add = (what: string, parts: number, used: { seconds: number; peakMegabytes: number }) =>
    rows.push([what, String(parts), used.seconds.toFixed(1), `${Math.round(used.peakMegabytes)} MB`]);
  await inFolder(async (folder) => {
    const names = writeSortedTables(folder);
    add('lines', manyParts, await join(folder, { merge: 'lines' }, names, 'lines'));
    const sorted = { merge: 'sorted', parameters: { keys: [{ column: 1, kind: 'number' }] } };
    add('sorted, k ways', manyParts, await join(folder, sorted, names, 'sorted'));
    await shell(`sort -c -s -n -k1,1 sorted && [ $(wc -l < sorted) = ${manyParts * linesEach} ]`, folder);
  });
  await inFolder(async (folder) => {
    await writeBam(path.join(folder, 'input.bam'), scaled(500_000));
    const split = { strategy: 'blocks', parameters: { parts: 500 } };
    const { parts } = await plan(folder, split, 'input.bam');
    await cut(folder);
    const names = partNames(parts);
    add('bam, blocks copied', parts, await join(folder, { merge: 'bam' }, names, 'copied'));
    remove(folder, 'copied');
    const turned = names.toReversed();
    add('bam, k ways', parts, await join(folder, { merge: 'bam' }, turned, 'merged'));
    await shell('cmp <(samtools view merged) <(samtools view input.bam)', folder);
  });
  report.table('Memory of merges', rows);
}

/** Lines in rising order of a number in each, whose numbers are all over. */
function writeSortedTables(folder: string): readonly string[] {
  const random = randomNumbers(9);
  const names = partNames(manyParts);
  for (const name of names) {
    const numbers = Array.from({ length: linesEach }, () => Math.floor(random() * 1e9)).sort((a, b) => a - b);
    writeFileSync(path.join(folder, name), numbers.map((number) => `${number}\tof ${name}\n`).join(''));
  }
  return names;
}
