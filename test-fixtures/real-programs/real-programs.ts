import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { env } from 'node:process';

/** The Debian packages of the programs that tests run beside this project's own code. */
const packageOf = {
  samtools: 'samtools',
  bgzip: 'tabix',
  tabix: 'tabix',
  bcftools: 'bcftools',
  bedtools: 'bedtools',
  seqtk: 'seqtk',
  seqkit: 'seqkit',
  fastp: 'fastp',
  bwa: 'bwa',
  blastp: 'ncbi-blast+',
  makeblastdb: 'ncbi-blast+',
  zstd: 'zstd',
  python3: 'python3',
} as const;

/** A program of a Debian package, that `.ci/run` installs. */
export type RealProgram = keyof typeof packageOf;

/**
 * For `describe.skipIf(!requirePrograms('samtools'))`: whether all of these are there. Where one is missing a line says
 * so, and in CI it is an error.
 */
export function requirePrograms(...programs: readonly RealProgram[]): boolean {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) return true;
  const packages = [...new Set(missing.map((program) => packageOf[program]))].join(' ');
  const words = `${missing.join(', ')} not found: apt-get install ${packages}`;
  if (env.CI === 'true') throw new Error(words);
  console.warn(`Skipped: ${words}`);
  return false;
}

const isOnPath = (program: string): boolean =>
  (env.PATH ?? '').split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
