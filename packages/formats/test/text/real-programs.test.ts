import { describe, expect, it } from 'vitest';
import { isInstalled, output, Workspace } from './parts.ts';

/** The same numbers in every run. */
const numbers = (): (() => number) => {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 8;
  };
};

const many = <Item>(count: number, make: (index: number, number: () => number) => Item): Item[] => {
  const number = numbers();
  return Array.from({ length: count }, (_, index) => make(index, number));
};

const letters = (alphabet: string, length: number, number: () => number): string =>
  Array.from({ length }, () => alphabet[number() % alphabet.length]).join('');

const wrap = (text: string, width: number): string =>
  text.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n');

const wrappedFastq = many(300, (index, number) => {
  const bases = letters('ACGT', 1 + (number() % 90), number);
  const qualities = letters('@+I!>', bases.length, number);
  const width = 10 + (number() % 40);
  return `@read${index}\n${wrap(bases, width)}\n+\n${wrap(qualities, width)}\n`;
}).join('');

const sam = [
  '@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:chr1\tLN:100000\n',
  ...many(200, (index, number) => {
    const bases = letters('ACGT', 30, number);
    return `r${index}\t0\tchr1\t${1 + (number() % 90_000)}\t60\t30M\t*\t0\t0\t${bases}\t${'I'.repeat(30)}\n`;
  }),
].join('');

const vcf = [
  '##fileformat=VCFv4.3\n##contig=<ID=chr1,length=100000>\n##INFO=<ID=DP,Number=1,Type=Integer,Description="a # b">\n',
  '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n',
  ...many(200, (index, number) => `chr1\t${index * 10 + 1}\t.\tA\tG\t50\tPASS\tDP=${number() % 90}\n`),
].join('');

const bed = [
  'track name=x\n#chrom start end\n',
  ...many(
    200,
    (index, number) =>
      `chr1\t${index}\t${index + 1 + (number() % 50)}\tf${index}\n${index % 7 === 0 ? '# note\n' : ''}`,
  ),
].join('');

const gff3 = [
  '##gff-version 3\n',
  ...many(60, (index, number) => {
    const line = (type: string, attributes: string): string =>
      `chr1\tx\t${type}\t${index * 100 + 1}\t${index * 100 + 50}\t.\t+\t.\t${attributes}\n`;
    const exons = many(1 + (number() % 4), () => line('exon', `Parent=t${index}`)).join('');
    return `${line('gene', `ID=g${index}`)}${line('mRNA', `ID=t${index};Parent=g${index}`)}${exons}`;
  }),
].join('');

const csv = [
  'name,text\n',
  ...many(200, (index, number) => `n${index},"${letters('a,\n', 8, number)}""${index}"\r\n`),
].join('');

const spectra = many(
  40,
  (index) => `<spectrum index="${index}" id="scan=${index}" defaultArrayLength="0"/>\n`,
);
const mzml = [
  '<?xml version="1.0" encoding="utf-8"?>\n<indexedmzML xmlns="http://psi.hupo.org/ms/mzml">\n<mzML>\n',
  `<run id="r"><spectrumList count="40">\n${spectra.map((spectrum) => spectrum.replace('/>', '></spectrum>')).join('')}`,
  '</spectrumList></run></mzML><indexList count="0"></indexList></indexedmzML>\n',
].join('');

/** What a program says of the whole file, and of the parts in a row. */
const saidOf = async (
  format: string,
  content: string,
  say: (path: string, workspace: Workspace) => string,
): Promise<{ whole: string; parts: string; records: number }> => {
  using workspace = new Workspace();
  const { whole, parts, records } = await workspace.cut(format, content, 17);
  return { whole: say(whole, workspace), parts: parts.map((part) => say(part, workspace)).join(''), records };
};

const lines = (text: string): number => text.split('\n').length - 1;

describe.skipIf(!isInstalled('seqkit', 'version'))('seqkit', () => {
  it('finds in parts of wrapped FASTQ what it finds in the whole', async () => {
    const said = await saidOf('fastq', wrappedFastq, (path) => output('seqkit', 'seq', '-w', '0', path));
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole) / 4);
  });
});

describe.skipIf(!isInstalled('which', 'seqtk'))('seqtk', () => {
  it('finds in parts of wrapped FASTQ what it finds in the whole', async () => {
    const said = await saidOf('fastq', wrappedFastq, (path) => output('seqtk', 'seq', path));
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole) / 4);
  });
});

describe.skipIf(!isInstalled('samtools', '--version'))('samtools', () => {
  it('reads parts of SAM, each with the header', async () => {
    const said = await saidOf('sam', sam, (path) => output('samtools', 'view', path));
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole));
  });
});

describe.skipIf(!isInstalled('bcftools', '--version'))('bcftools', () => {
  it('reads parts of VCF, each with the header', async () => {
    const said = await saidOf('vcf', vcf, (path) => output('bcftools', 'view', '-H', path));
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole));
  });
});

describe.skipIf(!isInstalled('bedtools', '--version'))('bedtools', () => {
  const slop = (path: string, workspace: Workspace): string =>
    output('bedtools', 'slop', '-b', '1', '-i', path, '-g', workspace.file('genome', 'chr1\t100000\n'));

  it('reads parts of BED, each with the track line', async () => {
    const said = await saidOf('bed', bed, slop);
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole));
  });

  it('reads parts of GFF3, in which no feature lacks its parent', async () => {
    const said = await saidOf('gff3', gff3, slop);
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(60);
  });
});

describe.skipIf(!isInstalled('python3', '--version'))("Python's own readers", () => {
  const readCsv =
    "import csv,sys\nfor r in list(csv.reader(open(sys.argv[1],newline='')))[1:]: print(ascii(r))";
  const readXml =
    'import sys,xml.etree.ElementTree as e\n' +
    "for s in e.parse(sys.argv[1]).iter():\n if s.tag.endswith('spectrum'): print(s.get('id'))";

  it('find in parts of CSV the records of the whole', async () => {
    const said = await saidOf('csv', csv, (path) => output('python3', '-c', readCsv, path));
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole));
  });

  it('find in parts of mzML, which are documents of their own, the spectra of the whole', async () => {
    const said = await saidOf('mzml', mzml, (path) => output('python3', '-c', readXml, path));
    expect(said.parts).toBe(said.whole);
    expect(said.records).toBe(lines(said.whole));
  });
});
