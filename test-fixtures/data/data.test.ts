import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'latin1');

const lines = (name: string): string[] => read(name).split(/\r?\n/);

const residuesOf = (name: string): string =>
  lines(name)
    .filter((line) => !line.startsWith('>'))
    .join('');

const share = (text: string, letters: RegExp): number =>
  (100 * (text.match(letters)?.length ?? 0)) / text.length;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the real sequences', () => {
  it.each([
    ['yeast-chromosome-3-genes.fasta', 111, 160_200],
    ['lambda-phage.fasta', 1, 48_502],
    ['dolphin-proteins.fasta', 2000, 1_201_401],
  ])('of %s are what the README tells', (name, records, residues) => {
    expect(read('README.md')).toContain(createHash('sha256').update(read(name), 'latin1').digest('hex'));
    expect(lines(name).filter((line) => line.startsWith('>'))).toHaveLength(records);
    expect(residuesOf(name)).toHaveLength(residues);
  });

  it('have the composition that the README tells', () => {
    expect(share(residuesOf('yeast-chromosome-3-genes.fasta'), /[GC]/g).toFixed(1)).toBe('40.5');
    expect(share(residuesOf('lambda-phage.fasta'), /[GC]/g).toFixed(2)).toBe('49.86');
    const proteins = residuesOf('dolphin-proteins.fasta');
    expect(proteins.length - proteins.replaceAll('X', '').length).toBe(61_222);
    expect(share(proteins.replaceAll('X', ''), /L/g).toFixed(1)).toBe('10.1');
    expect(share(proteins.replaceAll('X', ''), /W/g).toFixed(1)).toBe('1.2');
  });
});

describe('gc3.awk', () => {
  const output = execFileSync('awk', ['-f', 'gc3.awk', 'yeast-chromosome-3-genes.fasta'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  const genes = output
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', bases, gc, gc3]) => ({ name, bases: Number(bases), gc: Number(gc), gc3: Number(gc3) }));

  it('prints what the README shows', () => {
    expect(read('README.md')).toContain(output.split('\n').slice(0, 3).join('\n'));
    expect(genes).toHaveLength(111);
    const gc3 = Object.fromEntries(genes.map((gene) => [gene.name, gene.gc3]));
    expect(gc3).toMatchObject({ HIS4: 38.4, LEU2: 40, CIT2: 30.8, PGK1: 50.4, ARE1: 71.5 });
    expect(Math.max(...genes.map((gene) => gene.gc3))).toBe(71.5);
  });

  it('agrees with a count that is made in another way', () => {
    for (const record of read('yeast-chromosome-3-genes.fasta').split('>').slice(1)) {
      const [heading = '', ...sequence] = record.split(/\r?\n/);
      const gene = genes.find(
        ({ name, bases }) => heading.startsWith(`${name} `) && bases === sequence.join('').length,
      );
      expect(sequence.join('')).toMatch(/^ATG/);
      const thirds = sequence.join('').match(/(?<=^(?:...)*..)./g) ?? [];
      expect(thirds).toHaveLength((gene?.bases ?? 0) / 3);
      expect(gene?.gc3).toBeCloseTo(share(thirds.join(''), /[GC]/g), 1);
    }
  });

  it('shows the two regions rich in G and C that Sharp and Lloyd found, one in each arm', () => {
    const meanOf = (first: number, last: number) =>
      mean(genes.slice(first - 1, last).map(({ gc3 }) => gc3)).toFixed(1);
    expect(genes[17]?.name).toBe('PDI1');
    expect(genes[38]?.name).toBe('CDC10');
    expect(genes[75]?.name).toBe('ARE1');
    expect([meanOf(18, 26), meanOf(39, 47), meanOf(72, 76), meanOf(1, 111)]).toEqual([
      '49.6',
      '33.9',
      '66.1',
      '41.7',
    ]);
  });
});
