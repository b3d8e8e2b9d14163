import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import { numbered, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import type { Merge } from '../merge.ts';

const parametersSchema = z.strictObject({ part: z.int().min(1).default(1) });

/** What the merge `first` takes: the number of a part, counted from 1. */
export type FirstParameters = z.infer<typeof parametersSchema>;

/** Takes the result of one part, for outputs that are the same in all. */
export const first: Merge<FirstParameters> = {
  name: 'first',
  description:
    'Takes the result of one part, the first unless another is named, and leaves those of the others out: for ' +
    'outputs that do not depend on the part.',
  parameters: parametersSchema,
  how: {
    kind: 'here',
    join: (request) => {
      const { part: number } = request.parameters;
      const part = numbered(request)[number - 1];
      if (part === undefined) {
        const text = `merge first: there is no part ${number}; there are ${request.parts.length}`;
        return Promise.reject(new PlanError('NO_PARTS', text));
      }
      return writeResult(request, (result) => withPart(part, () => result.copy(part.path)));
    },
  },
};

/** Takes nothing, for outputs that nobody wants. */
export const none: Merge<Record<string, never>> = {
  name: 'none',
  description: 'Writes an empty file: for outputs of which nothing is wanted.',
  parameters: z.strictObject({}),
  how: { kind: 'here', join: (request) => writeResult(request, () => Promise.resolve()) },
};
