import { PlanError } from '../../plan-error.ts';
import type { JoinRequest } from '../merge.ts';
import { type NumberedPart, numbered } from './name-part.ts';

/** The parts, of which there must be one. @throws PlanError NO_PARTS */
export const expectParts = (
  merge: string,
  request: Pick<JoinRequest<unknown>, 'parts'>,
): readonly [NumberedPart, ...NumberedPart[]] => {
  const [first, ...others] = numbered(request);
  if (first !== undefined) return [first, ...others];
  throw new PlanError('NO_PARTS', `merge ${merge}: expected the result of at least one part, found none`);
};
