// `npm start`: splits real genes, computes on the parts, joins the results, and compares them with the unsplit run.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(import.meta.dirname);
const genes = 'test-fixtures/data/yeast-chromosome-3-genes.fasta';
// Absolute, because every task runs in a directory of its own.
const awkProgram = path.join(root, 'test-fixtures/data/gc3.awk');
const resultFolder = 'results';
const result = path.join(resultFolder, 'gc3.tsv');
const shown = ['PGK1', 'LEU2', 'HIS4', 'CIT2', 'ARE1'];

interface Gene {
  readonly name: string;
  readonly bases: string;
  readonly gc: string;
  readonly gc3: string;
}

function main(): number {
  process.chdir(root);
  mkdirSync(resultFolder, { recursive: true });
  // Also what an example that was interrupted left.
  for (const file of ['gc3.tsv', '.gc3.tsv.galaxy-mesos']) {
    rmSync(path.join(resultFolder, file), { recursive: true, force: true });
  }
  const job = ['map', '--input', genes, '--parts', '8', '--output', result];
  const command = `awk -f ${inShell(awkProgram)} {input}`;
  console.log(
    '\nHow much of every third codon position of yeast genes is G or C (GC3)? Chromosome III,\n' +
      `cut into 8 parts, one task each, on ${process.env.MESOS_URL || 'this machine'}:\n`,
  );
  console.log(`  npx galaxy-mesos ${job.join(' ')} \\\n    -- "${command}"\n`);

  const startedAt = performance.now();
  const commandLine = fileURLToPath(import.meta.resolve('@galaxy-mesos/cli/package.json'));
  const program = path.join(path.dirname(commandLine), 'bin/galaxy-mesos.js');
  const { status } = spawnSync(process.execPath, [program, ...job, '--', command], { stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  const splitSeconds = secondsSince(startedAt);

  const wholeStartedAt = performance.now();
  const whole = execFileSync('awk', ['-f', awkProgram, genes]);
  const wholeSeconds = secondsSince(wholeStartedAt);

  const merged = readFileSync(result);
  printTable(merged.toString());
  console.log(`\nAll ${splitSeconds} s, start to end; so small a file takes awk alone ${wholeSeconds} s.`);
  return compare(merged, whole);
}

/** Only a path with unusual characters is quoted, which keeps the shown command readable. */
const inShell = (file: string): string =>
  /^[\w./+-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;

const secondsSince = (time: number): string => ((performance.now() - time) / 1000).toFixed(2);

function printTable(text: string): void {
  const all = text.trimEnd().split('\n').map(readGene);
  const row = ({ name, bases, gc, gc3 }: Gene): string =>
    `  ${name.padEnd(6)}${bases.padStart(6)}${gc.padStart(7)}${gc3.padStart(7)}`;
  console.log(row({ name: 'gene', bases: 'bases', gc: 'GC %', gc3: 'GC3 %' }));
  for (const name of shown) for (const gene of all) if (gene.name === name) console.log(row(gene));
  const mean = all.reduce((sum, { gc3 }) => sum + Number(gc3), 0) / all.length;
  console.log(row({ name: 'mean', bases: '', gc: '', gc3: mean.toFixed(1) }));
  console.log(`  all ${all.length} genes are in ${result}`);
}

function readGene(line: string): Gene {
  const [name = '', bases = '', gc = '', gc3 = ''] = line.split('\t');
  return { name, bases, gc, gc3 };
}

function compare(merged: Buffer, whole: Buffer): number {
  if (merged.equals(whole)) {
    console.log(`The joined result and that of awk on the whole file are the same ${whole.length} bytes.`);
    return 0;
  }
  console.error(
    `${result} differs from the result of awk on the whole file: this is a defect, please report it.`,
  );
  return 1;
}

process.exitCode = main();
