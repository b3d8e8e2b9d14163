import { quoteText } from '@galaxy-mesos/formats';
import type { Context, Environment } from '@marcbachmann/cel-js';
import { PlanError } from '../plan-error.ts';

/** What a condition may know: by name, texts, numbers, truths, and fields of these. */
export type ConditionFacts = { readonly [name: string]: ConditionFact };
/** A whole number is an `int` of CEL where it is a bigint, and a `double` else. */
export type ConditionFact = string | number | bigint | boolean | ConditionFacts;

/** A condition that was read: an expression of CEL, the Common Expression Language (https://cel.dev). */
export interface Condition {
  readonly text: string;
  /** @throws PlanError INVALID_PARAMETERS if the facts are not of the types that the condition takes them for */
  holds(facts: ConditionFacts): boolean;
}

let environment: Promise<Environment> | undefined;

/** Loads the language, which a tenth of the start of a program that plans would go to, only when there is a condition. */
const loadEnvironment = async (): Promise<Environment> => {
  const language = await import('@marcbachmann/cel-js');
  return new language.Environment({ unlistedVariablesAreDyn: true });
};

/**
 * Reads a condition, such as `mesos && reads.bytes > 1000000`.
 * @throws PlanError INVALID_PARAMETERS that says what cannot be read, and where
 */
export async function parseCondition(text: string): Promise<Condition> {
  environment ??= loadEnvironment();
  const language = await environment;
  const evaluate = attempt(text, () => language.parse(text));
  return {
    text,
    holds: (facts) => {
      const result = attempt(text, () => evaluate(facts as Context));
      if (typeof result === 'boolean') return result;
      throw wrong(
        text,
        `expected true or false, found ${typeof result === 'string' ? quoteText(result) : String(result).slice(0, 80)}`,
      );
    },
  };
}

function attempt<Result>(text: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const [words = ''] = error instanceof Error ? error.message.split('\n') : [String(error)];
    throw wrong(text, words, error);
  }
}

const wrong = (text: string, words: string, cause?: unknown): PlanError =>
  new PlanError(
    'INVALID_PARAMETERS',
    `the condition ${JSON.stringify(text)}: ${words}; it is an expression of CEL, such as k < 30 && e != 0.1`,
    { cause },
  );
