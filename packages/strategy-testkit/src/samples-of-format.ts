import { recordFormatNamed } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import type { Sample } from './sample.ts';

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019_'), minLength: 1, maxLength: 8 });
const bases = fc.string({ unit: fc.constantFrom(...'ACGTN'), minLength: 1, maxLength: 30 });
const place = fc.integer({ min: 1, max: 100_000 });

interface Grammar {
  readonly header: string;
  readonly record: fc.Arbitrary<string>;
}

const variantHeader =
  '##fileformat=VCFv4.2\n##contig=<ID=chr1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';

/** Files that are valid beyond doubt: what is odd in a format is the matter of the tests of that format. */
const grammars: Readonly<Record<string, Grammar>> = {
  fasta: { header: '', record: fc.tuple(word, bases, bases).map(([name, a, b]) => `>${name}\n${a}\n${b}\n`) },
  fastq: {
    header: '',
    record: fc.tuple(word, bases).map(([name, text]) => `@${name}\n${text}\n+\n${'@'.repeat(text.length)}\n`),
  },
  text: { header: '', record: word.map((text) => `${text}\n`) },
  tabular: {
    header: '#name\tplace\n',
    record: fc.tuple(word, place).map(([name, at]) => `${name}\t${at}\n`),
  },
  csv: {
    header: 'name,note\n',
    record: fc.tuple(word, word).map(([name, note]) => `${name},"${note}\n${note}"\n`),
  },
  tsv: { header: 'name\tplace\n', record: fc.tuple(word, place).map(([name, at]) => `${name}\t${at}\n`) },
  bed: { header: '', record: fc.tuple(place, place).map(([at, size]) => `chr1\t${at}\t${at + size}\n`) },
  sam: {
    header: '@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:chr1\tLN:1000000\n',
    record: fc
      .tuple(word, place, bases)
      .map(([name, at, text]) => `${name}\t0\tchr1\t${at}\t60\t${text.length}M\t*\t0\t0\t${text}\t*\n`),
  },
  vcf: { header: variantHeader, record: place.map((at) => `chr1\t${at}\t.\tA\tC\t.\tPASS\t.\n`) },
  jsonl: {
    header: '',
    record: fc.record({ name: word, place }).map((value) => `${JSON.stringify(value)}\n`),
  },
};

/** What is asked for besides a format. */
interface Wishes {
  /** What the strategy is to be asked for. */
  readonly parameters: fc.Arbitrary<Readonly<Record<string, unknown>>>;
  /** The name of the input; `input` where it is not said. */
  readonly input?: string;
}

/** Jobs with one file of a format of the package formats, of none to thirty records. */
export function samplesOf(format: string, { parameters, input = 'input' }: Wishes): fc.Arbitrary<Sample> {
  const grammar = Object.hasOwn(grammars, format) ? grammars[format] : undefined;
  if (!grammar)
    throw new Error(`there are no samples of ${format}; there are of: ${Object.keys(grammars).join(', ')}`);
  const records = fc.array(grammar.record, { maxLength: 30, size: 'max' });
  return fc.record({ records, parameters }).map((made) => ({
    title: `${made.records.length} records of ${format}`,
    inputs: { [input]: grammar.header + made.records.join('') },
    parameters: made.parameters,
  }));
}

/** The records in a file of a format of the package formats: what precedes the first and has no meaning alone is left out. */
export const recordsIn =
  (format: string) =>
  (file: Buffer): readonly string[] => {
    const scanner = recordFormatNamed(format).scanner();
    const starts = [...scanner.push(file)];
    const { starts: last, bodyEnd } = scanner.end();
    starts.push(...last);
    return starts.map((start, index) => file.toString('latin1', start, starts[index + 1] ?? bodyEnd));
  };
