import { z } from 'zod';
import { type OutputMerge, outputMergeSchema, type Split } from '../job.ts';
import { throwProblems } from '../job-description-error.ts';
import { problemsOf } from './document-problems.ts';
import { contradictions, mergeOfDocument, splitDocumentSchema, splitOfDocument } from './split-document.ts';

const planDocumentSchema = z.strictObject({
  split: splitDocumentSchema,
  merge: z
    .union([z.string().min(1), outputMergeSchema], {
      error: 'expected the name of a merge, or an object with merge and parameters',
    })
    .exactOptional(),
});

/** How a command that stands elsewhere is cut into tasks, and their results joined. */
export interface SplitPlan {
  readonly split: Split;
  readonly merge?: OutputMerge;
}

/**
 * Reads a plan: what a job document says of `split`, and the `merge` of the result.
 * @throws JobDescriptionError with all fields that are wrong
 */
export function parseSplitPlan(given: unknown): SplitPlan {
  const read = planDocumentSchema.safeParse(given);
  if (!read.success) {
    throwProblems(problemsOf(read.error.issues, given));
    throw read.error;
  }
  const { split, merge } = read.data;
  throwProblems(contradictions(split).map((one) => ({ code: 'INVALID_VALUE', ...one })));
  return { split: splitOfDocument(split), ...(merge !== undefined && { merge: mergeOfDocument(merge) }) };
}
