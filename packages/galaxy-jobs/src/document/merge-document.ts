import { z } from 'zod';
import { defaultArity, namedMergeSchema, type OutputMerge, reductionSchema } from '../job.ts';

const one = z.union(
  [
    z.string().min(1),
    namedMergeSchema,
    reductionSchema.extend({ arity: reductionSchema.shape.arity.default(defaultArity) }),
  ],
  {
    error:
      'expected the name of a merge, or an object with merge and parameters, or one with reduce and arity',
  },
);

/** How people say in which way the results of parts are joined. */
export const mergeDocumentSchema = z
  .union([one, z.array(one).min(1)], {
    error:
      'expected the name of a merge, an object with merge and parameters, one with reduce and arity, or a list of these',
  })
  .describe(
    'how the results of the parts are joined, if the job is split; where it is cut in steps, of the innermost one, or a list, the outermost first; absent: as the strategies say, else as the name of the destination tells',
  );

type Given = z.output<typeof mergeDocumentSchema>;

/** As the job has it. */
export const mergesOfDocument = (given: Given): OutputMerge[] =>
  (Array.isArray(given) ? given : [given]).map((merge) => (typeof merge === 'string' ? { merge } : merge));
