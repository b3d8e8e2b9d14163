import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Job, SplitStep } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseInputs } from './choose-inputs.ts';
import { chosenOf } from './choose-inputs-here.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'choose-inputs-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const fastq = '@r\nAC\n+\nII\n';
const contents: Readonly<Record<string, string | Uint8Array>> = {
  'dataset_1.dat': fastq,
  'dataset_2.dat': gzipSync(fastq),
  'reference.fa': '>chr1\nACGT\n',
  'dataset_3.dat': 'BAM\x01',
  'dataset_4.dat': '',
  'index.dat': 'BAI\x01',
};

async function chosen(step: Partial<SplitStep>, names = Object.keys(contents)) {
  const inputs = names.map(async (name): Promise<Job['inputs'][number]> => {
    const file = path.join(directory, name);
    await writeFile(file, contents[name] ?? '');
    return { name: `inputs/${name}`, path: file, partName: `inputs/${name}`, size: 0, modifiedAt: 0 };
  });
  const by = [{ strategy: 'records', inputs: [], parameters: {}, ...step }];
  const found = await chooseInputs({ inputs: await Promise.all(inputs), split: { alternatives: [{ by }] } });
  return { ...found, steps: found.split.alternatives.flatMap((alternative) => alternative.by) };
}

describe('the inputs of a job of Galaxy', () => {
  it('are called by what is in them, in order', async () => {
    const { inputs, indexes } = await chosen({ inputs: ['fastq'] });
    expect(inputs.map(({ name }) => name)).toEqual(['fastq', 'fastq_2', 'fasta', 'bam', 'empty', 'bai']);
    expect(indexes.map(({ name }) => name)).toEqual(['bai']);
  });

  it.each([
    ['a format', ['fastq'], ['fastq', 'fastq_2']],
    ['a datatype of Galaxy', ['fastqsanger.gz'], ['fastq', 'fastq_2']],
    ['one of them', ['fastq_2'], ['fastq_2']],
    ['the name of a file', ['*.fa'], ['fasta']],
    ['a path in the job', ['inputs/dataset_1.*'], ['fastq']],
    ['several words, in their order', ['fasta', 'dataset_1.dat'], ['fasta', 'fastq']],
  ])('are cut by %s', async (_, words, expected) => {
    const { steps } = await chosen({ inputs: words });
    expect(steps.map(({ inputs }) => inputs)).toEqual([expected]);
  });

  it('are those of the one format that a strategy can cut, with that format, where nobody says it', async () => {
    const { steps } = await chosen({ parameters: { parts: 2 } }, [
      'dataset_1.dat',
      'dataset_2.dat',
      'dataset_3.dat',
    ]);
    expect(steps).toEqual([
      { strategy: 'records', inputs: ['fastq', 'fastq_2'], parameters: { format: 'fastq', parts: 2 } },
    ]);
    expect((await chosen({ strategy: 'blocks' })).steps).toEqual([
      { strategy: 'blocks', inputs: ['bam'], parameters: {} },
    ]);
    expect((await chosen({ parameters: { format: 'fasta' } })).steps[0]?.inputs).toEqual(['fasta']);
  });

  it('are not cut where all that is meant is empty, and need not be there for a sweep', async () => {
    expect((await chosen({}, ['dataset_4.dat'])).steps).toEqual([]);
    expect((await chosen({ inputs: ['fastq'] }, ['dataset_4.dat'])).steps).toEqual([]);
    const sweep = { strategy: 'sweep', parameters: { values: { k: [1] } } };
    expect((await chosen(sweep)).steps).toEqual([{ inputs: [], ...sweep }]);
  });

  it.each<[string, Partial<SplitStep>, string[], string]>([
    [
      'several formats',
      {},
      Object.keys(contents),
      'there are inputs of several formats; say which are cut by strategy_inputs',
    ],
    [
      'a word that fits none',
      { inputs: ['vcf'] },
      ['reference.fa'],
      'no input is called "vcf" or of this format',
    ],
    ['nothing to cut', { strategy: 'blocks' }, ['reference.fa'], 'there is no input that it can cut'],
  ])('are told where it is not clear which are meant: %s', async (_, step, names, message) => {
    await expect(chosen(step, names)).rejects.toThrow(message);
    await expect(chosen(step, names)).rejects.toThrow('reference.fa (fasta)');
  });
});

describe('what the program that looks into inputs says', () => {
  const input = { name: 'inputs/a', path: '/job/inputs/a', partName: 'inputs/a', size: 0, modifiedAt: 0 };
  const told = (name: string, changes = {}) => ({ inputs: [{ ...input, name, ...changes }], indexes: [] });
  const split = { alternatives: [] };

  it('is how inputs are called, and not where they are', () => {
    const other = { path: '/etc/shadow', partName: '../../x' };
    const indexes = [{ name: 'bai', ...other }];
    expect(chosenOf({ chosen: { ...told('bai', other), indexes, split } }, [input])).toEqual({
      inputs: [{ ...input, name: 'bai' }],
      indexes: [{ ...input, name: 'bai' }],
      split,
    });
  });

  it.each([
    ['something else', { chosen: 1 }, [input]],
    ['more inputs than there are', { chosen: { ...told('bam'), split } }, []],
    ['a split that is none', { chosen: { ...told('bam'), split: { alternatives: 1 } } }, [input]],
  ])('is refused if it is %s', (_, answer, inputs) => {
    expect(() => chosenOf(answer, inputs)).toThrow('the program that looks into inputs');
  });
});
