import { UsageError } from './usage-error.ts';

/**
 * Parameters as they are given on a command line, `NAME=VALUE`: a value is what it is in JSON, and else a text.
 * @throws UsageError that names the option
 */
export function parameterSettings(option: string, given: readonly string[]): Record<string, unknown> {
  const values = new Map<string, unknown>();
  for (const text of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`${option} ${text}: expected NAME=VALUE`);
    if (values.has(name)) throw new UsageError(`${option} ${name} is given twice`);
    values.set(name, jsonOrText(value));
  }
  return Object.fromEntries(values);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
