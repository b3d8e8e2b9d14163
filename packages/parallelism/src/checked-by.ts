import type { z } from 'zod';
import { PlanError } from './plan-error.ts';

/** The parameters of a strategy or a merge, checked. @throws PlanError INVALID_PARAMETERS */
export const checkedBy = <Parameters>(
  { parameters }: { readonly parameters: z.ZodType<Parameters> },
  whose: string,
  given: unknown,
): Parameters => {
  const checked = parameters.safeParse(given);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new PlanError('INVALID_PARAMETERS', `${whose}: ${problems.join('; ')}`, { cause: checked.error });
};
