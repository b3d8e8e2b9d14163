import { namedInputs } from './input-names.ts';
import { nearest } from './nearest.ts';
import { readSetting } from './read-setting.ts';
import type { ConditionalInput, DataInput, Tool, ToolInput } from './tool.ts';
import { problem, ToolError } from './tool-error.ts';
import type { Dataset, ToolValue, ToolValues } from './values.ts';

/** What a person gives a tool, by full names: `section|member`, `conditional|member`. */
export interface GivenValues {
  readonly inputs: Readonly<Record<string, Dataset>>;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Checks what a person gives a tool against its inputs, and fills in the defaults.
 * @throws ToolError `INVALID_VALUE` with everything that is wrong or missing
 */
export function toolValues(tool: Tool, given: GivenValues): ToolValues {
  const reader = new ValueReader(given);
  const values = reader.read(tool.inputs, '');
  const texts = [...reader.wrong, ...unused(tool, given, reader.used)];
  if (texts.length === 0) return values;
  throw new ToolError(
    texts.map((text) => problem('INVALID_VALUE', text)),
    tool.id,
  );
}

class ValueReader {
  /** What is wrong, as sentences. */
  readonly wrong: string[] = [];
  /** Full names of the inputs that apply. */
  readonly used = new Set<string>();
  readonly #datasets: ReadonlyMap<string, Dataset>;
  readonly #settings: ReadonlyMap<string, string>;

  constructor(given: GivenValues) {
    this.#datasets = new Map(Object.entries(given.inputs));
    this.#settings = new Map(Object.entries(given.settings));
  }

  read(inputs: readonly ToolInput[], prefix: string): ToolValues {
    return Object.fromEntries(
      inputs.flatMap((input) => {
        const value = this.#value(input, `${prefix}${input.name}`);
        return value === undefined ? [] : [[input.name, value] as const];
      }),
    );
  }

  #value(input: ToolInput, fullName: string): ToolValue | undefined {
    if (input.type === 'section') return { type: 'group', members: this.read(input.inputs, `${fullName}|`) };
    if (input.type === 'conditional') return this.#conditional(input, fullName);
    this.used.add(fullName);
    if (input.type === 'data') return this.#data(input, fullName);
    const result = readSetting(input, this.#settings.get(fullName));
    if ('value' in result) return result.value;
    this.wrong.push(`"${fullName}" ${result.wrong}`);
    return undefined;
  }

  #conditional(input: ConditionalInput, fullName: string): ToolValue | undefined {
    const test = this.#value(input.test, `${fullName}|${input.test.name}`);
    // Without the test it is unknown which inputs apply, so nothing can be said of them.
    if (test === undefined) return undefined;
    const chosen = input.cases.find((one) => one.value === caseName(test));
    const members = this.read(chosen?.inputs ?? [], `${fullName}|`);
    return { type: 'group', members: { [input.test.name]: test, ...members } };
  }

  #data(input: DataInput, fullName: string): ToolValue | undefined {
    const dataset = this.#datasets.get(fullName);
    if (dataset === undefined) {
      if (input.optional) return { type: 'data', dataset: null };
      this.wrong.push(`the input "${fullName}" (${input.label}) is missing: give a file`);
      return undefined;
    }
    if (/^[\w.-]+$/.test(dataset.format)) return { type: 'data', dataset };
    this.wrong.push(`the format "${dataset.format}" of the input "${fullName}" must be a word, as fasta`);
    return undefined;
  }
}

/** The text by which a conditional's cases are found. */
function caseName(test: ToolValue): string | undefined {
  if (test.type === 'boolean') return test.value ? test.truevalue : test.falsevalue;
  return test.type === 'select' && typeof test.value === 'string' ? test.value : undefined;
}

/** What was given and nobody asked for: misspelt, of the other kind, or of a case that was not chosen. */
function unused(tool: Tool, given: GivenValues, used: ReadonlySet<string>): readonly string[] {
  const all = namedInputs(tool.inputs);
  const names = (isData: boolean) =>
    Array.from(
      new Set(all.filter(({ input }) => (input.type === 'data') === isData).map(({ fullName }) => fullName)),
    );
  const [inputs, settings] = [names(true), names(false)];
  return [
    ...Object.keys(given.inputs).flatMap((name) => complaint(name, 'input', inputs, settings, used)),
    ...Object.keys(given.settings).flatMap((name) => complaint(name, 'setting', settings, inputs, used)),
  ];
}

function complaint(
  name: string,
  kind: 'input' | 'setting',
  own: readonly string[],
  others: readonly string[],
  used: ReadonlySet<string>,
): string[] {
  if (own.includes(name)) {
    if (used.has(name)) return [];
    const group = name.slice(0, name.lastIndexOf('|'));
    return [`the ${kind} "${name}" does not apply to the case of "${group}" that is chosen; leave it out`];
  }
  const other = kind === 'input' ? 'a setting: give it a value, not a file' : 'an input: give it a file';
  if (others.includes(name)) return [`"${name}" is ${other}`];
  const suggestion = nearest(name, own);
  const list = own.length === 0 ? `the tool has no ${kind}s` : `there are ${own.join(', ')}`;
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return [`there is no ${kind} "${name}": ${list}${hint}`];
}
