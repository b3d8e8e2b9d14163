import path from 'node:path';
import { fitsPattern, type Job, type Split, type SplitStep } from '@galaxy-mesos/galaxy-jobs';
import { builtIn, contentOfFile, type FileContent, isOfFormat, PlanError } from '@galaxy-mesos/parallelism';

type Input = Job['inputs'][number];

/** An input with what its bytes tell. */
interface KnownInput {
  readonly input: Input;
  readonly content: FileContent | undefined;
}

/** What of a job of Galaxy's a plan is made of. */
export interface ChosenInputs {
  /** By names that tell their formats: `fastq`, `fastq_2`, `bam`; those in which nothing is are `empty`. */
  readonly inputs: Job['inputs'];
  /** Its steps name inputs by these. */
  readonly split: Split;
  /** Indexes: they would lead to other places in a part than they mean. */
  readonly indexes: readonly Input[];
}

/**
 * Looks at the inputs of a job, whose names say nothing, and finds those that the steps of its split mean by format or
 * pattern of the file name. A step that means none, because all that it could mean is empty, is left out.
 * @throws PlanError INVALID_PARAMETERS if it is not clear what is to be cut, with what there is
 */
export async function chooseInputs({ inputs, split }: Pick<Job, 'inputs' | 'split'>): Promise<ChosenInputs> {
  const known: KnownInput[] = [];
  const counts = new Map<string, number>();
  for (const input of inputs) {
    const content = await contentOfFile(input.path);
    const kind = content?.format ?? content?.datatype ?? 'empty';
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    known.push({ content, input: { ...input, name: count === 1 ? kind : `${kind}_${count}` } });
  }
  const alternatives = (split?.alternatives ?? []).map(({ by, ...rest }) => ({
    ...rest,
    by: stepsOf(by, known),
  }));
  return {
    inputs: known.map(({ input }) => input),
    split: { ...split, alternatives },
    indexes: known.filter(isIndex).map(({ input }) => input),
  };
}

const isIndex = ({ content }: KnownInput): boolean => ['bai', 'csi', 'tbi'].includes(content?.datatype ?? '');

/** Where one step has nothing to cut there are no parts, and the job runs whole. */
function stepsOf(steps: readonly SplitStep[], known: readonly KnownInput[]): SplitStep[] {
  const placed = steps.map((step) => stepOf(step, known));
  return placed.includes(undefined) ? [] : placed.filter((step) => step !== undefined);
}

function stepOf(step: SplitStep, known: readonly KnownInput[]): SplitStep | undefined {
  const { strategy } = step;
  const needsNone = builtIn.strategies.find(({ name }) => name === strategy)?.inputs.least === 0;
  if (needsNone && step.inputs.length === 0) return step;
  const chosen =
    step.inputs.length > 0 ? step.inputs.flatMap((word) => meantBy(word, step, known)) : obvious(step, known);
  const full = chosen.filter(({ content }) => content !== undefined);
  const [first] = full;
  if (!first) return undefined;
  const format = takesFormat.has(strategy) ? first.content?.format : undefined;
  return {
    strategy,
    inputs: full.map(({ input }) => input.name),
    parameters: { ...(format !== undefined && { format }), ...step.parameters },
  };
}

/** Strategies that are told a format. */
const takesFormat: ReadonlySet<string> = new Set(['records', 'pairs']);

/** What a strategy can cut without being told a format of records. */
const cuttable: Readonly<Record<string, readonly string[]>> = {
  blocks: ['bam'],
  regions: ['bam', 'cram', 'bcf', 'vcf', 'fasta'],
};

function meantBy(word: string, step: SplitStep, known: readonly KnownInput[]): readonly KnownInput[] {
  const meant = known.filter(
    ({ input, content }) =>
      word === input.name ||
      isOfFormat(content, word) ||
      fitsPattern(word, path.basename(input.path)) ||
      fitsPattern(word, input.partName),
  );
  if (meant.length > 0 || known.every(({ content }) => content === undefined)) return meant;
  throw unclear(step, `no input is called ${JSON.stringify(word)} or of this format`, known);
}

/** All inputs of the one format that there is. */
function obvious(step: SplitStep, known: readonly KnownInput[]): readonly KnownInput[] {
  const { format } = step.parameters;
  if (typeof format === 'string') return meantBy(format, step, known);
  const own = cuttable[step.strategy];
  const possible = known.filter(({ content }) =>
    own ? own.includes(content?.datatype ?? '') : content?.format !== undefined,
  );
  const formats = new Set(possible.map(({ content }) => content?.format ?? content?.datatype));
  if (formats.size > 1) throw unclear(step, 'there are inputs of several formats', known);
  if (formats.size === 1 || known.every(({ content }) => content === undefined)) return possible;
  throw unclear(step, 'there is no input that it can cut', known);
}

function unclear({ strategy }: SplitStep, what: string, known: readonly KnownInput[]): PlanError {
  const list = known.map(({ input }) => `${path.basename(input.path)} (${input.name})`).join(', ') || 'none';
  const text = `strategy ${strategy}: ${what}; say which are cut by strategy_inputs, by format or pattern of the file name; there are: ${list.slice(0, 1000)}`;
  return new PlanError('INVALID_PARAMETERS', text);
}
