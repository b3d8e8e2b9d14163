import { PlanError } from '../plan-error.ts';
import { maximumParts, type Part, type PartGroup, type PlanContext } from '../strategy.ts';
import type { ReadyStep } from './job-split.ts';

/**
 * The parts of nested steps: each part of a step is cut again by the next, and the first one goes slowest. Parts are
 * counted through in this order. Without a step there is one part, which has no slices.
 * @throws PlanError TOO_MANY_PARTS, and what the strategies throw
 */
export async function* planSteps(steps: readonly ReadyStep[], context: PlanContext): AsyncGenerator<Part> {
  let index = 0;
  // Of nested steps, a part of one of them is many parts of the job.
  const known = steps.length > 1 ? { ...context, took: undefined, pace: undefined } : context;
  for await (const part of nested(steps, known)) {
    if (index === maximumParts) throw tooMany(steps);
    yield { ...part, index };
    index += 1;
  }
}

const whole: Part = { index: 0, slices: [], records: 0, cost: 1 };

/** The parts of what is nested are the same for each part that they are nested in, and are looked for once. */
async function* nested([step, ...inner]: readonly ReadyStep[], context: PlanContext): AsyncGenerator<Part> {
  if (!step) return yield whole;
  const outer = step.strategy.plan(step.inputs, step.parameters, context);
  if (inner.length === 0) return yield* outer;
  let known: Part[] | undefined;
  let index = 0;
  for await (const outerPart of outer) {
    const part = { ...outerPart, index };
    index += 1;
    if (known) {
      for (const one of known) yield united(part, one);
      continue;
    }
    const found: Part[] = [];
    for await (const one of nested(inner, context)) {
      if (found.length === maximumParts) throw tooMany([step, ...inner]);
      found.push(one);
      yield united(part, one);
    }
    known = found;
  }
}

function united(outer: Part, inner: Part): Part {
  const labels = [labelOf(outer), labelOf(inner)];
  return {
    index: 0,
    slices: [...outer.slices, ...inner.slices],
    values: { ...outer.values, ...inner.values },
    label: labels.join(', '),
    groups: [groupOf(outer), ...(inner.groups ?? [])],
    records:
      outer.records === 0 || inner.records === 0
        ? outer.records + inner.records
        : outer.records * inner.records,
    cost: outer.cost * inner.cost,
  };
}

const groupOf = ({ index, label, values }: Part): PartGroup => ({
  index,
  ...(label !== undefined && { label }),
  ...(values && { values }),
});

const labelOf = ({ label, index }: Part): string => label ?? `part ${index + 1}`;

const tooMany = (steps: readonly ReadyStep[]): PlanError => {
  const names = steps.map(({ strategy }) => strategy.name).join(' of ');
  const text = `strategy ${names}: there would be more than ${maximumParts} parts; ask for larger or fewer ones`;
  return new PlanError('TOO_MANY_PARTS', text);
};

/**
 * The names of the values that the parts of nested steps have.
 * @throws PlanError INVALID_PARAMETERS if two steps give the same, and what the strategies throw
 */
export async function valueNamesOf(steps: readonly ReadyStep[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { strategy, inputs, parameters } of steps) {
    for (const name of (await strategy.valueNames?.(inputs, parameters)) ?? []) {
      if (names.includes(name)) {
        const text = `two strategies that are nested both say what {${name}} is; choose others, or other names`;
        throw new PlanError('INVALID_PARAMETERS', text);
      }
      names.push(name);
    }
  }
  return names;
}
