import assert from 'node:assert/strict';

/** As much of a text from outside as is quoted anywhere. */
const longestQuote = 300;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Every text of an outcome can be shown: it is one line without control characters; what is quoted is cut. */
export function assertShowable(outcome: unknown, what: string): void {
  for (const [key, text] of textsIn(outcome, '')) {
    assert(
      !control.test(text),
      `${what}: ${key} has more than a line, or control characters: ${JSON.stringify(text)}`,
    );
    assert(
      [...text].length <= longestQuote,
      `${what}: ${key} has ${text.length} characters, expected 300 or fewer`,
    );
  }
}

const quoted = new Set(['text', 'reason', 'advice', 'subject']);

function textsIn(value: unknown, key: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return quoted.has(key) ? [[key, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, Array.isArray(value) ? key : name));
}

/** Sees to it that what is thrown, if anything, is a refusal meant for users. */
export function resultOrRefusal<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    assert(error instanceof Error, `expected an Error to be thrown, and it was ${String(error)}`);
    const code = 'code' in error ? error.code : undefined;
    const isRefusal = error.name === 'QueueClusterError' && code === 'INVALID_DEFINITION';
    assert(isRefusal, `expected a QueueClusterError INVALID_DEFINITION, and it was ${error.stack}`);
    assertShowable({ text: error.message }, 'the refusal');
    return undefined;
  }
}

/** A value that throws when somebody changes it. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
