import { expect, test } from 'vitest';
import type { ToolParallelism } from '../tool.ts';
import { parseTool } from './parse-tool.ts';

function parallelismOf(attributes: string, inputs = ['one'], outputs = ['out']): ToolParallelism | undefined {
  const params = inputs.map((name) => `<param name="${name}" type="data"/>`).join('');
  const data = outputs.map((name) => `<data name="${name}"/>`).join('');
  const parts = `<inputs>${params}</inputs><outputs>${data}</outputs><parallelism ${attributes}/>`;
  return parseTool(`<tool id="a" name="a"><command>true</command>${parts}</tool>`).parallelism;
}

test('basic fills in the one input and the one output, and twenty parts', () => {
  expect(parallelismOf('method="basic"')).toEqual({
    method: 'basic',
    splitInput: 'one',
    sharedInputs: [],
    splitMode: 'number_of_parts',
    splitSize: 20,
    mergeOutputs: ['out'],
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
    'method="multi" split_inputs="one,two" merge_outputs="out"',
    'more than one split input, is not supported',
  ],
  ['method="multi" split_inputs="one" merge_outputs="out" pickone_outputs="out"', '"pickone_outputs"'],
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
