import { benchmarkBam } from './parallelism/bam.ts';
import { benchmarkGzip } from './parallelism/gzip.ts';
import { benchmarkMemory } from './parallelism/memory.ts';
import { benchmarkStart } from './parallelism/start.ts';
import { benchmarkText } from './parallelism/text.ts';
import { benchmarkVcf } from './parallelism/vcf.ts';

/** Splits and merges beside `cat`, seqkit, samtools and bcftools: `npm run bench -- parallelism` runs all of them. */
export const parallelismBenchmarks: readonly (readonly [string, () => Promise<void>])[] = [
  ['parallelism-text', benchmarkText],
  ['parallelism-gzip', benchmarkGzip],
  ['parallelism-bam', benchmarkBam],
  ['parallelism-vcf', benchmarkVcf],
  ['parallelism-start', benchmarkStart],
  ['parallelism-memory', benchmarkMemory],
];
