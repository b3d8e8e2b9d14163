import assert from 'node:assert/strict';

/** What a rejection of the promise was; a promise that is fulfilled fails. */
export async function refusalOf(work: () => Promise<unknown>, what: string): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: `expected an error of ${what}, and there was none` });
}

const ownErrors = new Set(['PlanError', 'FormatError']);

/** What an error must name: a text, one of several, or what matches. */
export type Named = string | readonly string[] | RegExp;

/** Sees to it that an error is meant for users: of a known class, with the name of what is wrong. */
export function assertOwnError(error: unknown, named: Named): void {
  assert(error instanceof Error, `expected an Error to be thrown, and it was ${String(error)}`);
  assert(ownErrors.has(error.name), `expected a PlanError or a FormatError, and it was ${error.stack}`);
  const expected = named instanceof RegExp ? String(named) : [named].flat().join(' or ');
  const said = `expected an error that names ${expected}, and it was ${error.name}: ${error.message}`;
  assert(isNamed(error.message, named), said);
}

const isNamed = (message: string, named: Named): boolean =>
  named instanceof RegExp ? named.test(message) : [named].flat().some((name) => message.includes(name));
