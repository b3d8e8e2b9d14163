import { expect, test } from 'vitest';
import type { ToolParallelism } from '../tool.ts';
import { parseTool } from './parse-tool.ts';

function parallelismOf(
  attributes: string,
  inputs = ['one'],
  outputs = ['out'],
  content = '',
): ToolParallelism | undefined {
  const params = inputs.map((name) => `<param name="${name}" type="data"/>`).join('');
  const data = outputs.map((name) => `<data name="${name}"/>`).join('');
  const parts = `<inputs>${params}</inputs><outputs>${data}</outputs><parallelism ${attributes}>${content}</parallelism>`;
  return parseTool(`<tool id="a" name="a"><command>true</command>${parts}</tool>`).parallelism;
}

test('basic fills in the one input and the one output, and twenty parts', () => {
  expect(parallelismOf('method="basic"')).toEqual({
    method: 'basic',
    splitInputs: ['one'],
    sharedInputs: [],
    splitMode: 'number_of_parts',
    splitSize: 20,
    mergeOutputs: ['out'],
    pickOneOutputs: [],
    failedParts: undefined,
    plan: undefined,
  });
  expect(() => parallelismOf('method="basic"', ['one', 'two'])).toThrow(
    'exactly one data input and one output',
  );
});

test('inputs that are not split are shared', () => {
  const multi =
    'method="multi" split_inputs="one" split_mode="to_size" split_size="1000" merge_outputs="out"';
  expect(parallelismOf(multi, ['one', 'two', 'three'])).toMatchObject({
    splitMode: 'to_size',
    splitSize: 1000,
    sharedInputs: ['two', 'three'],
  });
});

test('several inputs are split together, and outputs joined or picked', () => {
  const multi = 'method="multi" split_inputs="one,two" merge_outputs="out" pickone_outputs="log"';
  expect(parallelismOf(multi, ['one', 'two', 'three'], ['out', 'log'])).toMatchObject({
    splitInputs: ['one', 'two'],
    sharedInputs: ['three'],
    mergeOutputs: ['out'],
    pickOneOutputs: ['log'],
  });
});

test.each([
  [
    'method="multi" split_inputs="one" shared_inputs="one,two" merge_outputs="out"',
    'in split_inputs and in shared',
  ],
  ['method="multi" split_inputs="nope" merge_outputs="out"', 'names "nope"; there are: one, two'],
  ['method="multi" split_inputs="one" merge_outputs="nope"', 'names "nope"; there are: out'],
  ['method="multi" split_inputs="one"', 'leaves out out: name every output'],
  ['method="multi" merge_outputs="out"', 'needs split_inputs'],
  [
    'method="multi" split_inputs="one" merge_outputs="out" pickone_outputs="out"',
    'out is in merge_outputs and in pickone_outputs',
  ],
  ['method="multi" split_inputs="one" pickone_outputs="nope" merge_outputs="out"', 'names "nope"'],
  ['method="multi" split_inputs="one" merge_outputs="out" failed_parts="x"', 'expected fail or skip'],
  [
    'method="multi" split_inputs="one" merge_outputs="out" split_mode="by_chromosome"',
    'split_mode="by_chromosome"',
  ],
  ['method="multi" split_inputs="one" merge_outputs="out" split_mode="to_size"', 'whole number from 1'],
  ['method="multi" split_inputs="one" merge_outputs="out" split_size="0"', 'whole number from 1'],
  ['split_inputs="one" merge_outputs="out"', 'needs method='],
])('<parallelism %s/> is refused', (attributes, message) => {
  expect(() => parallelismOf(attributes, ['one', 'two'])).toThrow(message);
});

test('shared inputs that are named must be all the others', () => {
  const attributes = 'method="multi" split_inputs="one" shared_inputs="two" merge_outputs="out"';
  expect(() => parallelismOf(attributes, ['one', 'two', 'three'])).toThrow('leaves out three');
});

const strategies = `
  <strategy when="mesos" name="regions" input="one" parts="8" together="true" targets="x.bed"/>
  <strategy name="sweep" values='{"k": [1, 2]}'><strategy name="records" inputs="one, two" format="fastq" size="9"/></strategy>
  <strategy whole="true" when="inputs.one.bytes == 0"/>`;

test('strategies are alternatives, nested where one stands in another, with attributes as parameters', () => {
  const merges = `<merge output="out" name="collection"/><merge output="out,log" name="vcf" duplicates="keep"/>`;
  const read = parallelismOf('failed_parts="skip"', ['one', 'two'], ['out', 'log'], strategies + merges);
  expect(read).toMatchObject({ method: undefined, splitInputs: [], mergeOutputs: ['out', 'log'] });
  const vcf = { merge: 'vcf', parameters: { duplicates: 'keep' } };
  expect(read?.plan).toEqual({
    split: {
      alternatives: [
        {
          when: 'mesos',
          by: [
            {
              strategy: 'regions',
              inputs: ['one'],
              parameters: { parts: 8, together: true, targets: 'x.bed' },
            },
          ],
        },
        {
          by: [
            { strategy: 'sweep', inputs: [], parameters: { values: { k: [1, 2] } } },
            { strategy: 'records', inputs: ['one', 'two'], parameters: { format: 'fastq', size: 9 } },
          ],
        },
        { when: 'inputs.one.bytes == 0', by: [] },
      ],
      failedParts: 'skip',
    },
    mergesByOutput: { out: [{ merge: 'collection' }, vcf], log: [vcf] },
  });
  const region = `<strategy name="regions" input="one" whole="true"/>`;
  expect(parallelismOf('', ['one'], ['out'], region)?.plan?.split.alternatives).toEqual([
    { by: [{ strategy: 'regions', inputs: ['one'], parameters: { whole: true } }] },
  ]);
  const reduce = `<merge output="out" reduce="sort -m {parts} > {output}" arity="3"/>`;
  expect(parallelismOf('', ['one'], ['out'], `<strategy name="x"/>${reduce}`)?.plan?.mergesByOutput).toEqual({
    out: [{ reduce: 'sort -m {parts} > {output}', arity: 3 }],
  });
});

test.each([
  ['<strategy input="one"/>', '<strategy> needs the attribute "name"'],
  ['<strategy name="x" input="nope"/>', 'input of <strategy name="x"> names "nope"; there are: one'],
  ['<strategy name="x" input="one" inputs="one"/>', 'has both "input" and "inputs"'],
  ['<strategy name="x"><merge/></strategy>', 'at most one element in it, another <strategy>'],
  ['<strategy whole="true" input="one"/>', 'it takes "when" and nothing else'],
  ['<strategy name="x"/><merge name="vcf"/>', '<merge> needs the attribute "output"'],
  ['<strategy name="x"/><merge output="out"/>', '<merge> needs the attribute "name"'],
  ['<strategy name="x"/><merge output="o" name="vcf"/>', 'names "o"; there are: out'],
  ['<strategy name="x"/><merge output="out" reduce="cat {parts}"/>', 'must mention {output}'],
  ['<strategy name="x"/><merge output="out" reduce="a {parts} {output}" arity="1"/>', 'from 2 to 1000'],
  ['<merge output="out" name="vcf"/>', 'needs a <strategy> beside it'],
  ['<other/>', '<other>'],
])('<parallelism>%s</parallelism> is refused', (content, message) => {
  expect(() => parallelismOf('', ['one'], ['out'], content)).toThrow(message);
});
