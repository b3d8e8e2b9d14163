import { parseTool } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import type { InputFiles } from './input-files.ts';
import { splitOfTool } from './tool-split.ts';

const file = (name: string, path: string): InputFiles => ({ name, path, size: 10, modifiedAt: 5 });

const toolWith = (parallelism: string) =>
  parseTool(
    `<tool id="t" name="T" version="1" profile="24.0">${parallelism}<command>true</command>
       <inputs><param name="one" type="data"/><param name="two" type="data" optional="true"/></inputs>
       <outputs><data name="out" format="sam"/><data name="log" format="txt"/></outputs>
     </tool>`,
  );

const paired =
  '<parallelism method="multi" split_inputs="one,two" split_mode="to_size" split_size="9" merge_outputs="out" pickone_outputs="log" failed_parts="skip"/>';

function split(
  parallelism: string,
  inputs: readonly InputFiles[],
  plan?: Parameters<typeof splitOfTool>[0]['plan'],
) {
  const tool = toolWith(parallelism);
  const found = splitOfTool({ tool, inputs, datatypeOf: ({ format }) => format, ...(plan && { plan }) });
  return { ...found, merges: tool.outputs.map((output) => found.mergesOf(output)) };
}

describe('splitOfTool', () => {
  it('cuts inputs of one format together, and picks or joins outputs', () => {
    const inputs = [file('one', '/d/1.fq.gz'), file('two', '/d/2.fastq.gz')];
    const { split: cut, merges } = split(paired, inputs);
    expect(cut).toEqual({
      alternatives: [
        { by: [{ strategy: 'records', inputs: ['one', 'two'], parameters: { format: 'fastq', size: 9 } }] },
      ],
      failedParts: 'skip',
    });
    expect(merges).toEqual([[{ merge: 'sam' }], [{ merge: 'first' }]]);
  });

  it('leaves out optional inputs that are not given', () => {
    expect(split(paired, [file('one', '/d/1.fq')]).split?.alternatives[0]?.by[0]?.inputs).toEqual(['one']);
    expect(split(paired, [])).toMatchObject({ merges: [undefined, undefined] });
  });

  it('cuts BAM by blocks', () => {
    const inputs = [file('one', '/d/a.bam')];
    expect(split(paired, inputs).split?.alternatives[0]?.by).toEqual([
      { strategy: 'blocks', inputs: ['one'], parameters: { size: 9 } },
    ]);
  });

  it('refuses inputs of several formats', () => {
    expect(() => split(paired, [file('one', '/d/1.fq'), file('two', '/d/2.fa')])).toThrow(
      'must be of one format, but one (1.fq) is fastq and two (2.fa) is fasta',
    );
  });

  it('takes strategies of the tool before its attributes, and a plan before these', () => {
    const xml = paired.replace(
      '/>',
      '><strategy name="regions" input="one" parts="4"/><merge output="out" name="none"/></parallelism>',
    );
    const inputs = [file('one', '/d/a.bam')];
    const read = split(xml, inputs);
    expect(read.split).toEqual({
      alternatives: [{ by: [{ strategy: 'regions', inputs: ['one'], parameters: { parts: 4 } }] }],
      failedParts: 'skip',
    });
    expect(read.merges).toEqual([[{ merge: 'none' }], [{ merge: 'first' }]]);
    const plan = { split: { alternatives: [{ by: [] }] }, merges: [{ merge: 'concat' }], mergesByOutput: {} };
    expect(split(xml, inputs, plan)).toMatchObject({ split: plan.split, merges: [plan.merges, plan.merges] });
  });

  it('refuses a merge of an output that is not there', () => {
    const plan = { split: { alternatives: [] }, mergesByOutput: { x: [{ merge: 'concat' }] } };
    expect(() => split(paired, [], plan)).toThrow(
      'merges.x: the tool has no output of this name; there are: out, log',
    );
  });
});
