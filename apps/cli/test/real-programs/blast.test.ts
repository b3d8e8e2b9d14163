import { compareOnBoth } from './comparison.ts';
import { fixture, shell } from './made-reads.ts';

const proteome = fixture('data/dolphin-proteins.fasta');

/** Some proteins of the dolphin against all: which of them are related. */
const prepare = (directory: string): void => {
  shell(`cp '${proteome}' proteome.fa; makeblastdb -in proteome.fa -dbtype prot > log`, directory);
  shell("awk '/^>/ { n++ } n % 100 == 1' proteome.fa > queries.fa", directory);
};

const inputs = { queries: 'queries.fa', proteome: 'proteome.fa' };
const how = ['--split', 'queries=fasta', '--parts', '4'];
const search = (format: string) =>
  `blastp -evalue 1e-5 -query {queries} -db {proteome} -outfmt ${format} -out {output}`;

compareOnBoth('BLAST of a proteome', { programs: ['blastp', 'makeblastdb'], prepare }, [
  { what: 'a table', inputs, how, command: search("'6 std qlen slen'"), output: 'hits.tsv', parts: 4 },
  {
    what: 'a table with comments',
    ...{ inputs, how: [...how, '--merge', 'blast'], parts: 4 },
    command: search('7'),
    output: 'hits.txt',
  },
  {
    what: 'XML',
    ...{ inputs, how: [...how, '--merge', 'blastxml'], parts: 4 },
    command: search('5'),
    output: 'hits.xml',
  },
  {
    what: 'XML2 in one file',
    ...{ inputs, how: [...how, '--merge', 'blastxml2'], parts: 4 },
    command: search('16'),
    output: 'hits.xml',
  },
]);
