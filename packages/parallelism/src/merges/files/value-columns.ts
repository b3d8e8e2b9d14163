import { PlanError } from '../../plan-error.ts';
import { type NumberedPart, nameOfPart } from './name-part.ts';

/** The columns that tell of a part: its values, or its label where it has none. */
export interface ValueColumns {
  readonly names: readonly string[];
  valuesOf(part: NumberedPart): readonly string[];
}

const labelOf = ({ label, index }: NumberedPart): string => label ?? String(index + 1);

/** The columns of these parts, all of which have the same. @throws PlanError PARTS_DISAGREE */
export const valueColumns = (merge: string, parts: readonly NumberedPart[]): ValueColumns => {
  const names = Object.keys(parts[0]?.values ?? {});
  if (names.length === 0) return { names: ['part'], valuesOf: (part) => [labelOf(part)] };
  for (const part of parts) {
    const found = Object.keys(part.values ?? {});
    if (found.length === names.length && names.every((name) => found.includes(name))) continue;
    const text = `merge ${merge}: ${nameOfPart(part)} has the values ${found.join(', ') || 'none'}, expected ${names.join(', ')} as in the first`;
    throw new PlanError('PARTS_DISAGREE', text);
  }
  return { names, valuesOf: ({ values = {} }) => names.map((name) => values[name] ?? '') };
};
