import { z } from 'zod';
import type { OutputMerge, Split } from '../job.ts';
import { throwProblems } from '../job-description-error.ts';
import { problemsOf } from './document-problems.ts';
import { mergeDocumentSchema, mergesOfDocument } from './merge-document.ts';
import { contradictions, failedPartsSchema, splitDocumentSchema, splitOfDocument } from './split-document.ts';

const planDocumentSchema = z.strictObject({
  split: splitDocumentSchema,
  merge: mergeDocumentSchema.exactOptional(),
  merges: z.record(z.string(), mergeDocumentSchema).exactOptional(),
  failedParts: failedPartsSchema.exactOptional(),
});

/** How a command that stands elsewhere is cut into tasks, and their results joined. */
export interface SplitPlan {
  readonly split: Split;
  /** See `merges` of the outputs of a job. */
  readonly merges?: OutputMerge[];
  /** The same for outputs by their names, where they differ. */
  readonly mergesByOutput?: Readonly<Record<string, OutputMerge[]>>;
}

/**
 * Reads a plan: what a job document says of `split` and `failedParts`, and the `merge` of the result, or the `merges`
 * of results by the names of outputs.
 * @throws JobDescriptionError with all fields that are wrong
 */
export function parseSplitPlan(given: unknown): SplitPlan {
  const read = planDocumentSchema.safeParse(given);
  if (!read.success) {
    throwProblems(problemsOf(read.error.issues, given));
    throw read.error;
  }
  const { split, merge, merges, failedParts } = read.data;
  throwProblems(contradictions(split).map((one) => ({ code: 'INVALID_VALUE', ...one })));
  return {
    split: splitOfDocument(split, failedParts),
    ...(merge !== undefined && { merges: mergesOfDocument(merge) }),
    ...(merges && {
      mergesByOutput: Object.fromEntries(
        Object.entries(merges).map(([name, given]) => [name, mergesOfDocument(given)]),
      ),
    }),
  };
}
