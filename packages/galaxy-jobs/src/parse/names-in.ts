import { describe, listAttribute, type Problems } from '../problems.ts';
import type { XmlElement } from '../xml.ts';

/** The names that an attribute lists; those that nothing has are problems. */
export function namesIn(
  element: XmlElement,
  attribute: string,
  known: readonly string[],
  problems: Problems,
): readonly string[] {
  const names = listAttribute(element, attribute);
  for (const name of names) {
    if (known.includes(name)) continue;
    const expected = known.length === 0 ? 'none' : known.join(', ');
    problems.invalid(
      element.line,
      `${attribute} of ${describe(element)} names "${name}"; there are: ${expected}`,
    );
  }
  return names;
}
