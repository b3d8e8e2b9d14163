import { describe, expect, it } from 'vitest';
import { sniffFormat } from './sniff-format.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('a format is told by the beginning of a file', () => {
  it.each([
    ['fasta', '>one\nACGT\n'],
    ['fastq', '@r/1\nACGT\n+\nIIII\n'],
    ['fastq', '@wrapped\nACGT\nACGT\n+wrapped\nIIII\nIIII\n'],
    ['sam', '@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:100\n'],
    ['sam', 'r1\t0\tchr1\t7\t60\t4M\t*\t0\t0\tACGT\tIIII\n'],
    ['vcf', '##fileformat=VCFv4.2\n#CHROM\tPOS\n'],
    ['gff3', '##gff-version 3\n'],
    ['gff3', 'chr1\tx\tgene\t1\t9\t.\t+\t.\tID=a\n'],
    ['gtf', 'chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "a"; \n'],
    ['bed', 'track name=x\nchr1\t0\t10\tname\n'],
    ['tabular', '#name\tcount\na\t1\nb\t2\n'],
    ['tabular', 'a\t1\nb\t2\nhalf a li'],
    ['txt', 'some words\nof a text\twith a tab\n'],
    ['txt', 'ünï'],
    ['newick', '((a:1,b:2):3,c);\n'],
    ['nexus', '#NEXUS\nbegin trees;\n'],
    ['stockholm', '# STOCKHOLM 1.0\n'],
    ['genbank', 'LOCUS       AB000001\n'],
    ['sdf', 'name\n  program\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n'],
    ['mol2', '# a comment\n@<TRIPOS>MOLECULE\nx\n'],
    ['blastxml', '<?xml version="1.0"?>\n<!DOCTYPE BlastOutput PUBLIC "x" "y">\n<BlastOutput>\n'],
    ['mzml', '<?xml version="1.0" encoding="utf-8"?>\n<indexedmzML xmlns="x">\n'],
    ['html', '<!DOCTYPE html>\n<html>\n'],
    ['xml', '<?xml version="1.0"?>\n<anything/>\n'],
    ['jsonl', '{"a": 1}\n{"a": 2}\n'],
    ['json', '{"a": 1}\n'],
    ['json', '{\n  "a": 1\n}\n'],
    ['bam', 'BAM\x01\x00\x00'],
    ['png', '\x89PNG\r\n'],
    ['data', 'ab\x00c'],
    [undefined, ''],
  ])('as %s: %j', (format, text) => {
    expect(sniffFormat(bytes(text))).toBe(format);
  });

  it.each([
    ['an e-mail address', '@home is where\nthe heart is\n'],
    ['a list', '[x] done\n[ ] to do\n'],
  ])('and %s is a text', (_, text) => expect(sniffFormat(bytes(text))).toBe('txt'));
});
