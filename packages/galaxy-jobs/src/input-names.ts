import type { ToolInput } from './tool.ts';

/** An input with its full name, in which `|` stands between a group and its member. */
export interface NamedInput {
  readonly fullName: string;
  readonly input: Exclude<ToolInput, { type: 'section' } | { type: 'conditional' }>;
}

/** All inputs that hold a value, those of every case of a conditional included, by their full names. */
export function namedInputs(inputs: readonly ToolInput[], prefix = ''): readonly NamedInput[] {
  return inputs.flatMap((input) => {
    const fullName = `${prefix}${input.name}`;
    if (input.type === 'section') return namedInputs(input.inputs, `${fullName}|`);
    if (input.type !== 'conditional') return [{ fullName, input }];
    const cases = input.cases.flatMap((one) => namedInputs(one.inputs, `${fullName}|`));
    return [{ fullName: `${fullName}|${input.test.name}`, input: input.test }, ...cases];
  });
}

/** The full names of the data inputs, each once. */
export function dataInputNames(inputs: readonly ToolInput[]): readonly string[] {
  const data = namedInputs(inputs).filter(({ input }) => input.type === 'data');
  return Array.from(new Set(data.map(({ fullName }) => fullName)));
}
