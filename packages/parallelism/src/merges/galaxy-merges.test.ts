import { gunzipSync } from 'node:zlib';
import { endOfFileMarker } from '@galaxy-mesos/formats';
import { describe, expect, it } from 'vitest';
import { chooseMerge } from './choose-merge.ts';
import { compressed, joined, joinedText, type TestPart } from './testing/join-files.ts';

/** Joins results of this Galaxy datatype by the merge that is chosen for it. */
const joinAs = (datatype: string, parts: readonly TestPart[]): Promise<string> =>
  joinedText(chooseMerge({ fileName: 'output.dat', datatype }), parts);

const read = (name: string): string => `${name}\t4\t*\t0\t0\t*\t*\t0\t0\tA\tI\n`;

/** Each is something that a merge of Galaxy 26.1 gets wrong. */
describe('what merges of Galaxy get wrong', () => {
  it('is not so here: SAM is more than its first part (Sam.merge)', async () => {
    const head = '@HD\tVN:1.6\n@SQ\tSN:a\tLN:9\n';
    const parts = ['x', 'y', 'z'].map((name) => head + read(name));
    expect(await joinAs('sam', parts)).toBe(head + read('x') + read('y') + read('z'));
  });

  it.each([
    ['tabular', '#gene\tcount\n', 'a\t1\n', 'b\t2\n'],
    ['csv', 'gene,count\n', 'a,1\n', 'b,2\n'],
    ['interval', '#chrom\tstart\tend\n', 'a\t1\t2\n', 'b\t2\t3\n'],
    ['gff3', '##gff-version 3\n', 'a\tx\tgene\t1\t9\t.\t+\t.\tID=1\n', 'b\tx\tgene\t1\t9\t.\t+\t.\tID=2\n'],
    ['nexus', '#NEXUS\nbegin trees;\n', 'tree a = (a,b);\nend;\n', 'tree b = (a,b);\nend;\n'],
    ['fps', '#FPS1\n', '00\ta\n', '01\tb\n'],
  ])('is not so here: the header of %s stands once (Data.merge)', async (datatype, header, one, two) => {
    const result = await joinAs(datatype, [header + one, header + two]);
    expect(result.toLowerCase()).toBe((header + one.replace('end;\n', '') + two).toLowerCase());
  });

  it.each([
    ['fasta', '>a\nACGT', '>b\nAC'],
    ['jsonl', '{"a":1}', '{"b":2}'],
    ['txt', 'one', 'two'],
    ['tabular', 'one\t1', 'two\t2'],
  ])('is not so here: the last line of a part of %s stays one (Data.merge)', async (datatype, one, two) => {
    expect(await joinAs(datatype, [one, '', two])).toBe(`${one}\n${two}`);
  });

  it('is not so here: what AUGUSTUS says of its genes stays with them (Data.merge)', async () => {
    const banner = '##gff-version 3\n';
    const gene = (contig: string) =>
      `# start gene g1\n${contig}\tAUGUSTUS\tgene\t1\t9\t.\t+\t.\tID=g1\n# end gene g1\n###\n`;
    const nothing = '# no genes found\n';
    const parts = [gene('a'), nothing, gene('b')];
    expect(
      await joinAs(
        'gff3',
        parts.map((part) => banner + part),
      ),
    ).toBe(banner + parts.join(''));
  });

  it('is not so here: BED that has no header keeps its first lines (Data.merge)', async () => {
    const line = '#1\t100\t200\n';
    expect(await joinAs('bed', [line, line])).toBe(line + line);
    expect(await joinAs('interval', [line, line])).toBe(line + line);
  });

  it('is not so here: VCF that was compressed by bgzip still is (VcfGz.merge)', async () => {
    const head = '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';
    const lines = ['1\t5\t.\tA\tC\t.\t.\t.\n', '1\t7\t.\tA\tC\t.\t.\t.\n'];
    const parts = await Promise.all(lines.map((line) => compressed(head + line, 'bgzf')));
    const result = await joined(chooseMerge({ fileName: 'output.dat', datatype: 'vcf_bgzip' }), parts);
    expect(gunzipSync(result).toString()).toBe(head + lines.join(''));
    expect(result.subarray(-28)).toEqual(Buffer.from(endOfFileMarker));
  });

  it('is not so here: iterations of BLAST are numbered on (BlastXml.merge)', async () => {
    const head = '<BlastOutput>\n<BlastOutput_iterations>\n';
    const iteration = (number: number) =>
      `<Iteration>\n<Iteration_iter-num>${number}</Iteration_iter-num>\n` +
      `<Iteration_query-ID>Query_${number}</Iteration_query-ID>\n</Iteration>\n`;
    const tail = '</BlastOutput_iterations>\n</BlastOutput>\n';
    const parts = [head + iteration(1) + iteration(2) + tail, head + iteration(1) + tail];
    expect(await joinAs('blastxml', parts)).toBe(head + iteration(1) + iteration(2) + iteration(3) + tail);
  });

  it('is not so here: a part that is missing ends the merge (multi.do_merge)', async () => {
    for (const datatype of ['sam', 'tabular', 'bam', 'vcf', 'blastxml']) {
      await expect(joinAs(datatype, [undefined]), datatype).rejects.toThrow(/NOT_FOUND.*part 1/);
    }
  });

  it('is not so here: what cannot be joined is refused before anything runs (Sff, GenericXml, h5)', () => {
    for (const datatype of ['sff', 'xml', 'h5', 'cram']) {
      expect(() => chooseMerge({ fileName: 'output.dat', datatype }), datatype).toThrow('[NO_MERGE]');
    }
  });
});
