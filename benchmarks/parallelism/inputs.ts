import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, openSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Numbers from 0 to 1 that look random, the same for the same seed (Mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** So much text that stretches of it hardly ever come again. */
const poolSize = 4_000_000;

function pool(letters: string, random: () => number): string {
  return Array.from({ length: poolSize }, () => letters[Math.floor(random() * letters.length)]).join('');
}

/** Writes what `more` gives, until there is so much. Answers how often it was asked. */
function writeUntil(file: string, megabytes: number, more: (number: number) => string): number {
  const handle = openSync(file, 'w');
  let number = 0;
  for (let written = 0; written < megabytes * 1e6; ) {
    const block: string[] = [];
    for (let size = 0; size < 4e6; ) {
      number += 1;
      const text = more(number);
      block.push(text);
      size += text.length;
    }
    written += writeSync(handle, block.join(''), null, 'latin1');
  }
  closeSync(handle);
  return number;
}

/** Records of 60 to 6,000 bases in lines of 60. Answers how many. */
export function writeFasta(file: string, megabytes: number): number {
  const random = randomNumbers(1);
  const bases = (pool('ACGT', random).match(/.{60}/g) ?? []).join('\n');
  return writeUntil(file, megabytes, (number) => {
    const lines = 1 + Math.floor(random() * 100);
    const from = 61 * Math.floor(random() * (bases.length / 61 - 101));
    return `>record${number} made for a benchmark\n${bases.slice(from, from + 61 * lines)}`;
  });
}

/** Reads of 150 bases. Answers how many. */
export function writeFastq(file: string, megabytes: number): number {
  const random = randomNumbers(2);
  const bases = pool('ACGT', random);
  const qualities = pool('FFFFFFFFFF::,#', random);
  return writeUntil(file, megabytes, (number) => {
    const from = Math.floor(random() * (poolSize - 150));
    return `@machine:1:cell:${number} 1:N:0\n${bases.slice(from, from + 150)}\n+\n${qualities.slice(from, from + 150)}\n`;
  });
}

async function writeAll(destination: Writable, blocks: Iterable<string>): Promise<void> {
  for (const block of blocks) if (!destination.write(block, 'latin1')) await once(destination, 'drain');
  destination.end();
}

function* samOf(reads: number): Generator<string> {
  const random = randomNumbers(3);
  const bases = pool('ACGT', random);
  const qualities = pool('FFFFFFFFFF::,#', random);
  const contigs = 4;
  const length = 100_000_000;
  const sequences = Array.from({ length: contigs }, (_, index) => `@SQ\tSN:chr${index + 1}\tLN:${length}\n`);
  yield `@HD\tVN:1.6\tSO:coordinate\n${sequences.join('')}`;
  const step = (length - 1000) / (reads / contigs);
  let block = '';
  for (let number = 0; number < reads; number += 1) {
    const contig = 1 + Math.floor((number * contigs) / reads);
    const position = 1 + Math.floor(step * (number % Math.ceil(reads / contigs)));
    const from = Math.floor(random() * (poolSize - 150));
    block += `read${number}\t0\tchr${contig}\t${position}\t60\t150M\t*\t0\t0\t${bases.slice(from, from + 150)}\t${qualities.slice(from, from + 150)}\tNM:i:0\n`;
    if (block.length < 1e6) continue;
    yield block;
    block = '';
  }
  yield block;
}

/** Reads of 150 bases in the order of coordinates, compressed by samtools. */
export async function writeBam(file: string, reads: number): Promise<void> {
  const samtools = spawn('samtools', ['view', '-@', '1', '-b', '-o', file, '-'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(samtools, 'exit');
  await writeAll(samtools.stdin, samOf(reads));
  const [status] = await ended;
  if (status !== 0) throw new Error(`samtools ended with ${status}`);
}

function* variants(part: number, megabytes: number): Generator<string> {
  const random = randomNumbers(4 + part);
  const samples = Array.from({ length: 20 }, (_, index) => `s${index}`);
  yield `##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description="All filters passed">\n##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n##contig=<ID=chr1,length=2000000000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join('\t')}\n`;
  const genotypes = ['0/0', '0/1', '1/1', './.'];
  let block = '';
  let position = part * 100_000_000;
  for (let written = 0; written < megabytes * 1e6; ) {
    position += 1 + Math.floor(random() * 20);
    const calls = samples.map(() => genotypes[Math.floor(random() * 4)]);
    block += `chr1\t${position}\t.\tA\tC\t${Math.floor(random() * 99)}\tPASS\tDP=${Math.floor(random() * 200)}\tGT\t${calls.join('\t')}\n`;
    if (block.length < 1e6) continue;
    written += block.length;
    yield block;
    block = '';
  }
}

/** A part of a VCF file: variants of 20 samples that follow those of the part before. */
export async function writeVcf(file: string, part: number, megabytes: number): Promise<void> {
  const destination = createWriteStream(file);
  await writeAll(destination, variants(part, megabytes));
  await finished(destination);
}
