import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { directoryForTest, eventsIn, galaxyMesos } from '../command.ts';
import { describeOnBoth, type Place } from './comparison.ts';
import { fixture, makeAlignments, shell } from './made-reads.ts';

interface RealTool {
  readonly parallelism: string;
  readonly command: string;
  /** Files by the names of the parameters. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly formats: Readonly<Record<string, string>>;
  readonly output: string;
  /** The same without parts, in a shell, to be written to `whole`. */
  readonly whole: string;
  /** What of a result counts. */
  readonly meaning?: string;
  readonly parts: number;
}

const prepare = (directory: string): void => {
  makeAlignments(directory);
  const proteome = fixture('data/dolphin-proteins.fasta');
  shell(`head -n 3000 '${proteome}' > proteome.fa`, directory);
  shell("awk '/^>/ { n++ } n % 20 == 1' proteome.fa > queries.fa", directory);
};

const withoutCommandLines = 'samtools view -h --no-PG - | grep -v ^@PG';
const aligned = "bwa mem -v 1 -I 325,45,500,200 -R '@RG\\tID:one\\tSM:sample'";

const tools: Readonly<Record<string, RealTool>> = {
  'blastp with the attributes of Galaxy': {
    parallelism:
      '<parallelism method="multi" split_inputs="query" split_mode="to_size" split_size="6" merge_outputs="output1"/>',
    // As Galaxy's own tools do, it makes the index where it runs.
    command:
      "makeblastdb -in '$database' -dbtype prot -out db > log && blastp -evalue 1e-5 -query '$query' -db db -outfmt 5 -out '$output1'",
    inputs: { query: 'queries.fa', database: 'proteome.fa' },
    formats: { query: 'fasta', database: 'fasta', output1: 'blastxml' },
    output: 'output1',
    whole:
      'makeblastdb -in DIR/proteome.fa -dbtype prot -out db > log; blastp -evalue 1e-5 -query DIR/queries.fa -db db -outfmt 5 -out whole',
    parts: 3,
  },
  'bwa mem, which splits both files of a pair': {
    parallelism:
      '<parallelism method="multi" split_inputs="forward,reverse" shared_inputs="genome" split_mode="number_of_parts" split_size="3" merge_outputs="output1"/>',
    command: `ln -s '$genome' genome.fa && bwa index genome.fa 2> log && ${aligned} genome.fa '$forward' '$reverse' | samtools sort -o '$output1' -`,
    inputs: { forward: 'forward.fq', reverse: 'reverse.fq', genome: 'genome.fa' },
    formats: { forward: 'fastqsanger', reverse: 'fastqsanger', genome: 'fasta', output1: 'bam' },
    output: 'output1',
    whole: `${aligned} DIR/genome.fa DIR/forward.fq DIR/reverse.fq | samtools sort -o whole -`,
    meaning: withoutCommandLines,
    parts: 3,
  },
  'samtools depth by a strategy of ours': {
    parallelism:
      '<parallelism><strategy name="regions" input="reads" whole="true" window="9000"/></parallelism>',
    command: "samtools depth -a -r {region} '$reads' > '$output1'",
    inputs: { reads: 'reads.bam' },
    formats: { reads: 'bam', output1: 'tabular' },
    output: 'output1',
    whole: 'samtools depth -aa DIR/reads.bam > whole',
    parts: 15,
  },
  'samtools view by a strategy and a merge of ours': {
    parallelism:
      '<parallelism><strategy name="blocks" input="reads" parts="4"/><merge output="output1" name="sum"/></parallelism>',
    command: "samtools view -c -q 30 '$reads' > '$output1'",
    inputs: { reads: 'reads.bam' },
    formats: { reads: 'bam', output1: 'tabular' },
    output: 'output1',
    whole: 'samtools view -c -q 30 DIR/reads.bam > whole',
    parts: 4,
  },
};

const xmlOf = ({ parallelism, command, inputs, formats, output }: RealTool): string => `
  <tool id="real" name="real" version="1" profile="24.0">
    ${parallelism}
    <command detect_errors="exit_code"><![CDATA[${command}]]></command>
    <inputs>${Object.keys(inputs)
      .map((name) => `<param name="${name}" type="data" format="${formats[name]}"/>`)
      .join('')}</inputs>
    <outputs><data name="${output}" format="${formats[output]}"/></outputs>
  </tool>`;

const programs = ['blastp', 'makeblastdb', 'bwa', 'samtools'] as const;

describeOnBoth('galaxy-mesos run of a real tool', { programs, prepare }, (place: Place) => {
  it.each(Object.entries(tools))('gives the same whole and in parts for %s', async (_what, real) => {
    const { directory, environment } = place;
    const cwd = directoryForTest();
    writeFileSync(path.join(cwd, 'tool.xml'), xmlOf(real));
    const inputs = Object.entries(real.inputs).flatMap(([name, file]) => [
      ...['--input', `${name}=${path.join(directory, file)}`],
    ]);
    const words = ['run', '--json', 'tool.xml', ...inputs, '--output-dir', 'out', '--cpus', '0.5'];
    const { code, stdout, stderr } = await galaxyMesos(words, { cwd, environment });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(eventsIn(stdout).find(({ event }) => event === 'planned')?.tasks).toBe(real.parts);
    shell(real.whole.replaceAll('DIR', directory), cwd);
    const [name = ''] = readdirSync(path.join(cwd, 'out'));
    const meant = (file: string): string => {
      const bytes = readFileSync(path.join(cwd, file));
      return (real.meaning === undefined ? bytes : shell(real.meaning, cwd, bytes)).toString('latin1');
    };
    expect(meant(`out/${name}`)).toBe(meant('whole'));
  });
});
