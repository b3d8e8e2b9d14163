import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { directoryForTest, galaxyMesos, linesOf } from '../command.ts';
import { describeOnBoth } from './comparison.ts';
import { makeAlignments, shell } from './made-reads.ts';

describeOnBoth(
  'mates of pairs',
  { programs: ['fastp', 'seqtk', 'bwa', 'samtools'], prepare: makeAlignments },
  (place) => {
    it('stay mates through fastp, which says how many are left', async () => {
      const filter =
        'fastp -w 1 -q 30 -u 35 --cut_tail -i {forward} -I {reverse} -o {good1} -O {good2} -j report.json -h report.html 2> log';
      // Numbers of reads and bases before and after; rates and means cannot be added up.
      const count = `awk -F : '/_filtering/ { when = $1 } /total_|q[23]0_b/ { print when, $1 "\\t" $2 + 0 }' report.json`;
      const cwd = directoryForTest();
      const document = {
        command: `${filter}; ${count} | head -n 8 > {counts}`,
        inputs: {
          forward: path.join(place.directory, 'forward.fq'),
          reverse: path.join(place.directory, 'reverse.fq'),
        },
        outputs: {
          good1: 'good1.fq',
          good2: 'good2.fq',
          counts: { destination: 'counts.tsv', merge: 'sum' },
        },
        split: { inputs: ['forward', 'reverse'], parameters: { format: 'fastq', parts: 4 } },
        resources: { cpus: 0.5, mem: '2G' },
      };
      writeFileSync(path.join(cwd, 'job.json'), JSON.stringify(document));
      const { environment } = place;
      const ended = await galaxyMesos(['submit', '--local', 'job.json'], { cwd, environment });
      expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
      const files = { ...document.inputs, good1: 'whole1.fq', good2: 'whole2.fq', counts: 'whole.tsv' };
      const whole = document.command.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof files) => files[name]);
      shell(whole, cwd);
      for (const [result, expected] of [
        ['good1.fq', 'whole1.fq'],
        ['good2.fq', 'whole2.fq'],
        ['counts.tsv', 'whole.tsv'],
      ]) {
        expect(readFileSync(path.join(cwd, result ?? ''), 'utf8')).toBe(
          readFileSync(path.join(cwd, expected ?? ''), 'utf8'),
        );
      }
      expect(readFileSync(path.join(cwd, 'counts.tsv'), 'utf8')).toMatch(/before.*total_reads"\t8000\n/);
    });

    it('stay mates in the samples that seqtk takes of each part', async () => {
      const { directory, environment } = place;
      const cwd = directoryForTest();
      // Another sample than that of the whole file, of course: which reads are taken goes by where they stand.
      const sample = (name: string) => `seqtk sample -s 11 {${name}} 0.3 > ${name}`;
      const command = `${sample('forward')}; ${sample('reverse')}; seqtk mergepe forward reverse > {output}`;
      const words = ['forward', 'reverse'].flatMap((name) => [
        ...['--input', `${name}=${path.join(directory, `${name}.fq`)}`, '--over', name],
      ]);
      const ended = await galaxyMesos(
        ['map', ...words, '--parts', '5', '--cpus', '0.5', '--output', 'sample.fq', '--', command],
        { cwd, environment },
      );
      expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
      const names = linesOf(readFileSync(path.join(cwd, 'sample.fq'), 'utf8'))
        .filter((_, index) => index % 4 === 0)
        .map((line) => line.replace(/^@(\w+).*/, '$1'));
      const first = names.filter((_, index) => index % 2 === 0);
      expect(names.filter((_, index) => index % 2 === 1)).toEqual(first);
      expect(new Set(first).size).toBe(first.length);
      // 1200 of 4000 are to be expected; with this seed it is always the same number.
      expect(Math.abs(first.length - 1200)).toBeLessThan(150);
    });
  },
);
