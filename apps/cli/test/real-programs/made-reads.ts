import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of `test-fixtures`. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../test-fixtures/${name}`, import.meta.url));

/** Numbers from 0 to 1 that are the same in every run (Lehmer's generator with the multiplier of Park and Miller). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Sequence {
  readonly name: string;
  readonly bases: string;
}

/**
 * The genome of lambda, and those genes of yeast that are longest or shortest, each gene under a name of its own. Of the
 * short ones there are no reads.
 */
function realSequences(): readonly Sequence[] {
  const read = (name: string) =>
    readFileSync(fixture(`data/${name}`), 'latin1')
      .split('>')
      .slice(1)
      .map((record) => {
        const [title = '', ...lines] = record.split(/\r?\n/);
        return { title, bases: lines.join('').toUpperCase() };
      });
  const [phage] = read('lambda-phage.fasta');
  const genes = read('yeast-chromosome-3-genes.fasta');
  return [
    { name: 'lambda', bases: phage?.bases ?? '' },
    ...genes
      .map(({ title, bases }, index) => ({ name: `${index + 1}_${title.split(' ')[0]}`, bases }))
      .filter(({ bases }) => bases.length > 3500 || bases.length < 330),
  ];
}

const opposite: Readonly<Record<string, string>> = { A: 'T', C: 'G', G: 'C', T: 'A' };

const reverseComplement = (bases: string): string =>
  Array.from(bases)
    .reverse()
    .map((base) => opposite[base] ?? 'N')
    .join('');

const readLength = 100;

/** What a sequencer would make of a fragment's end: a base in a hundred is wrong, and of low quality. */
function sequenced(fragment: string, random: () => number): { bases: string; qualities: string } {
  let bases = '';
  let qualities = '';
  for (const base of fragment.slice(0, readLength)) {
    const isWrong = random() < 0.01;
    bases += isWrong ? 'ACGT'[Math.floor(random() * 4)] : base;
    qualities += String.fromCharCode(33 + (isWrong ? 2 : 25) + Math.floor(random() * 15));
  }
  return { bases, qualities };
}

/** What is to be called: one base in four hundred is another one, one in two thousand is missing. */
function individual(bases: string, random: () => number): string {
  const changed = (base: string) => {
    const luck = random();
    if (luck < 0.0005) return '';
    return luck < 0.003 ? (opposite[base] ?? base) : base;
  };
  return Array.from(bases, changed).join('');
}

/** Of what no genome here has. */
const contamination = (random: () => number): string =>
  Array.from({ length: 1000 }, () => 'ACGT'[Math.floor(random() * 4)]).join('');

/** Pairs of reads of an individual's sequences, in any order, as `forward.fq` and `reverse.fq` in a directory. */
function makeReads(sequences: readonly Sequence[], pairs: number, directory: string): void {
  const random = lehmer(1729);
  const individuals = sequences
    .map(({ name, bases }) => ({ name, bases: individual(bases, random) }))
    .filter(({ bases }) => bases.length > 500);
  let total = 0;
  const ends = individuals.map(({ bases }) => {
    total += bases.length;
    return total;
  });
  const files = { forward: '', reverse: '' };
  for (let index = 1; index <= pairs; index++) {
    const at = random() * total;
    const from = individuals[ends.findIndex((end) => at < end)];
    const length = 250 + Math.floor(random() * 150);
    const bases = random() < 0.03 ? contamination(random) : (from?.bases ?? '');
    const start = Math.floor(random() * (bases.length - length));
    const fragment = bases.slice(start, start + length);
    const mates = [fragment, reverseComplement(fragment)].map((end) => sequenced(end, random));
    const [first, second] = random() < 0.5 ? mates : mates.reverse();
    files.forward += `@read${index}\n${first?.bases}\n+\n${first?.qualities}\n`;
    files.reverse += `@read${index}\n${second?.bases}\n+\n${second?.qualities}\n`;
  }
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(directory, `${name}.fq`), content);
}

/** Runs shell text in a directory, and answers what it printed; an end that is not well is an error. */
export const shell = (text: string, cwd: string, input?: Uint8Array): Buffer =>
  execFileSync('/bin/sh', ['-c', `set -e; ${text}`], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 30,
    ...(input && { input }),
  });

/** `genome.fa` with its indexes, `forward.fq`, `reverse.fq`, and what bwa makes of them, sorted, with its index. */
export function makeAlignments(directory: string): void {
  const sequences = realSequences();
  const fasta = sequences
    .map(({ name, bases }) => `>${name}\n${bases.replaceAll(/.{60}/g, '$&\n')}\n`)
    .join('');
  writeFileSync(path.join(directory, 'genome.fa'), fasta.replaceAll('\n\n', '\n'));
  makeReads(sequences, 4000, directory);
  shell('samtools faidx genome.fa; bwa index genome.fa 2>bwa.log', directory);
  shell(
    "bwa mem -R '@RG\\tID:one\\tSM:sample' genome.fa forward.fq reverse.fq 2>bwa.log | samtools sort -o reads.bam - && samtools index reads.bam",
    directory,
  );
}
