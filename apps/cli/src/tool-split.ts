import path from 'node:path';
import { detectFormat } from '@galaxy-mesos/formats';
import type { OutputMerge, Split, SplitPlan, SplitStep, Tool, ToolOutput } from '@galaxy-mesos/galaxy-jobs';
import { defaultMerge, PlanError } from '@galaxy-mesos/parallelism';
import type { InputFiles } from './input-files.ts';
import { UsageError } from './usage-error.ts';

/** How a tool is split, if it is. */
export interface ToolSplit {
  readonly split?: Split;
  /** How the parts of an output are joined; absent: as the strategy says, else as its format tells. */
  mergesOf(output: ToolOutput): OutputMerge[] | undefined;
  /** Why it is not split though the tool would have it: run whole, its result is the same. */
  readonly note?: string;
}

interface SplitRequest {
  readonly tool: Tool;
  readonly inputs: readonly InputFiles[];
  /** What a person asked for; it goes before what the tool says. */
  readonly plan?: SplitPlan;
  /** Galaxy's name of the format of an output. */
  datatypeOf(output: ToolOutput): string;
}

/**
 * How a tool is split: as a person said, or as its `<strategy>` elements, or as the attributes of its `<parallelism>`.
 * @throws UsageError if inputs that are split together are of several formats
 */
export function splitOfTool(request: SplitRequest): ToolSplit {
  const { tool, plan = tool.parallelism?.plan } = request;
  if (plan) return byPlan(tool, plan);
  const { parallelism } = tool;
  const inputs = request.inputs.filter(({ name }) => parallelism?.splitInputs.includes(name));
  const [first] = inputs;
  if (!parallelism || !first) return whole();
  const way = wayOf(inputs);
  if (!way) return whole(`files like ${path.basename(first.path)} cannot be split yet`);
  const { amounts, ...step } = way;
  const amount = amounts[parallelism.splitMode];
  const parameters = { ...step.parameters, [amount]: parallelism.splitSize };
  const by = [{ ...step, inputs: inputs.map(({ name }) => name), parameters }];
  const mergesOf = (output: ToolOutput): OutputMerge[] => [mergeByFormat(request, output)];
  try {
    for (const output of tool.outputs) mergesOf(output);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return whole(error.rawMessage.replace(/; --merge .*$/, ''));
  }
  const { failedParts } = parallelism;
  return { split: { alternatives: [{ by }], ...(failedParts && { failedParts }) }, mergesOf };
}

const whole = (reason?: string): ToolSplit => ({
  mergesOf: () => undefined,
  ...(reason !== undefined && { note: `runs as one task, not in parts: ${reason}` }),
});

const pickOne: OutputMerge = { merge: 'first' };

function byPlan(tool: Tool, { split, merges, mergesByOutput = {} }: SplitPlan): ToolSplit {
  const unknown = Object.keys(mergesByOutput).find(
    (name) => !tool.outputs.some((output) => output.name === name),
  );
  if (unknown !== undefined) {
    const known = tool.outputs.map(({ name }) => name).join(', ');
    throw new UsageError(`merges.${unknown}: the tool has no output of this name; there are: ${known}`);
  }
  const picked = new Set(tool.parallelism?.pickOneOutputs);
  return {
    split,
    mergesOf: ({ name }) => mergesByOutput[name] ?? merges ?? (picked.has(name) ? [pickOne] : undefined),
  };
}

function mergeByFormat({ tool, datatypeOf }: SplitRequest, output: ToolOutput): OutputMerge {
  if (tool.parallelism?.pickOneOutputs.includes(output.name)) return pickOne;
  const datatype = datatypeOf(output);
  return defaultMerge({ fileName: `${output.name}.${datatype}`, datatype });
}

interface Way extends Omit<SplitStep, 'inputs'> {
  /** The strategy's names for Galaxy's two ways to say how much a part has. */
  readonly amounts: { readonly number_of_parts: string; readonly to_size: string };
}

const amounts = { number_of_parts: 'parts', to_size: 'size' };

/** What Galaxy's splitters do with files of this format, or would. */
function wayOf(inputs: readonly InputFiles[]): Way | undefined {
  const formats = inputs.map((input) => [formatName(input.path), input] as const);
  const [[format, first] = []] = formats;
  const other = formats.find(([name]) => name !== format);
  if (other && first) {
    const [a, b] = [[format, first] as const, other].map(
      ([name, input]) => `${input.name} (${path.basename(input.path)}) is ${name ?? 'of no known format'}`,
    );
    throw new UsageError(
      `inputs that are split together must be of one format, but ${a} and ${b}; give files of one format`,
    );
  }
  if (format === 'bam') return { strategy: 'blocks', parameters: {}, amounts };
  return format === undefined ? undefined : { strategy: 'records', parameters: { format }, amounts };
}

const formatName = (file: string): string | undefined =>
  detectFormat(file)?.format.name ?? (/\.bam$/i.test(file) ? 'bam' : undefined);
