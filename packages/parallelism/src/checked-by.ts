import { nearest } from '@galaxy-mesos/galaxy-jobs';
import type { z } from 'zod';
import { describeParameters } from './describe-parameters.ts';
import { PlanError } from './plan-error.ts';

interface Parameterised<Parameters> {
  readonly parameters: z.ZodType<Parameters>;
}

/** The parameters of a strategy or a merge, checked. @throws PlanError INVALID_PARAMETERS */
export const checkedBy = <Parameters>(
  whole: Parameterised<Parameters>,
  whose: string,
  given: unknown,
): Parameters => {
  const checked = whole.parameters.safeParse(given);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.flatMap((issue) => problemsOf(issue, whole));
  throw new PlanError('INVALID_PARAMETERS', `${whose}: ${problems.join('; ')}`, { cause: checked.error });
};

function problemsOf(issue: z.core.$ZodIssue, whole: Parameterised<unknown>): string[] {
  if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) {
    return [[...issue.path.map(String), issue.message].join(': ')];
  }
  const names = describeParameters(whole).map(({ name }) => name);
  return issue.keys.map((key) => {
    const meant = nearest(key, names);
    const advice =
      meant === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${meant}?`;
    return `there is no parameter ${JSON.stringify(key.slice(0, 80))}; ${advice}`;
  });
}
