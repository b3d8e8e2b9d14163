import { z } from 'zod';
import type { Split, SplitStep } from '../job.ts';

const plainStep = z.strictObject({
  input: z
    .string()
    .exactOptional()
    .describe('the name of the input that is cut; all tasks see the others whole'),
  inputs: z
    .array(z.string())
    .exactOptional()
    .describe('the names of the inputs, where the strategy goes over several of them, in its order'),
  strategy: z.string().min(1).default('records').describe('the way in which it is cut'),
  parameters: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('of the strategy, such as {"format": "fasta", "parts": 20} of records'),
});

const each = 'how each of the parts is cut again, over other inputs';

// As deep as anybody will want it; a schema without end is one that many readers of schemas do not take.
const stepOfParts = plainStep.extend({ each: plainStep.exactOptional().describe(each) });

const alternativeSchema = plainStep.extend({
  when: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'a condition in CEL (https://cel.dev), such as mesos && inputs.reads.bytes > 64000000; absent: it holds',
    ),
  whole: z.literal(true).exactOptional().describe('the job is not cut, but runs as one task'),
  each: stepOfParts.exactOptional().describe(each),
});

/** How people say in which way a job is cut. */
export const splitDocumentSchema = z
  .union([alternativeSchema, z.array(alternativeSchema).min(1)], {
    error: 'expected an object with input, strategy and parameters, or a list of such objects',
  })
  .describe(
    'how the job is cut into tasks: in one way, or in the first whose condition holds; absent: it is one task',
  );

/** What becomes of a job of which parts fail. */
export const failedPartsSchema = z
  .enum(['fail', 'skip'])
  .describe(
    'what becomes of a job that is split if parts of it fail for good: it fails, or they are left out of its results, as long as there is one that did not; absent: fail',
  );

type Given = z.output<typeof splitDocumentSchema>;
type FailedParts = z.output<typeof failedPartsSchema>;
type GivenAlternative = z.output<typeof alternativeSchema>;
type GivenStep = z.output<typeof plainStep> & {
  readonly each?: GivenStep | undefined;
};

/** What was given, with where it stands in the document. */
export interface PlacedStep extends SplitStep {
  readonly field: string;
}

/** All steps that a document has, in any alternative. */
export const placedSteps = (split: Given | undefined): PlacedStep[] =>
  alternativesOf(split).flatMap(({ given, field }) => (given.whole ? [] : stepsOf(given, field)));

/** What contradicts itself: the field, and what is wrong with it. */
export const contradictions = (
  split: Given | undefined,
): { readonly field: string; readonly text: string }[] =>
  alternativesOf(split).flatMap(({ given, field }) => [
    ...(given.whole && (given.input ?? given.inputs ?? given.each) !== undefined
      ? [
          {
            field: `${field}.whole`,
            text: 'a job that runs whole has nothing to cut; give either this or the rest',
          },
        ]
      : []),
    ...(given.whole ? [] : givenSteps(given, field)).flatMap(([step, name]) =>
      step.input !== undefined && step.inputs !== undefined
        ? [{ field: `${name}.inputs`, text: 'give either input, with one name, or inputs, with a list' }]
        : [],
    ),
  ]);

/** As the job has it. */
export const splitOfDocument = (split: Given, failedParts?: FailedParts): Split => ({
  alternatives: alternativesOf(split).map(({ given, field }) => ({
    ...(given.when !== undefined && { when: given.when }),
    by: given.whole ? [] : stepsOf(given, field).map(({ field: _, ...step }) => step),
  })),
  ...(failedParts !== undefined && { failedParts }),
});

function alternativesOf(split: Given | undefined): { given: GivenAlternative; field: string }[] {
  if (split === undefined) return [];
  if (!Array.isArray(split)) return [{ given: split, field: 'split' }];
  return split.map((given, index) => ({ given, field: `split[${index}]` }));
}

const stepsOf = (given: GivenStep, field: string): PlacedStep[] =>
  givenSteps(given, field).map(([{ input, inputs = [], strategy, parameters }, name]) => ({
    strategy,
    inputs: input === undefined ? inputs : [input],
    parameters,
    field: input === undefined ? `${name}.inputs` : `${name}.input`,
  }));

function givenSteps(given: GivenStep, field: string): [GivenStep, string][] {
  return [[given, field], ...(given.each ? givenSteps(given.each, `${field}.each`) : [])];
}
