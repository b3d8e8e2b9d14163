import { checkVocabulary, describe, type Problems } from '../problems.ts';
import type { ToolRequirement } from '../tool.ts';
import { plainText, type XmlElement } from '../xml.ts';

const programTypes = ['package', 'set_environment', 'binary', 'python-module'] as const;

/** Records `<requirements>`: nothing of it is installed or checked here. */
export function parseRequirements(
  element: XmlElement | undefined,
  problems: Problems,
): readonly ToolRequirement[] {
  if (element === undefined) return [];
  checkVocabulary(element, { attributes: [], children: ['requirement', 'container', 'resource'] }, problems);
  return element.children.flatMap((child) => readRequirement(child, problems));
}

function readRequirement(element: XmlElement, problems: Problems): ToolRequirement[] {
  const type = element.attributes.get('type') ?? '';
  const text = plainText(element);
  if (element.tag === 'container') return [{ type: 'container', engine: type, image: text }];
  if (element.tag === 'resource') return [{ type: 'resource', name: type, value: text }];
  if (element.tag !== 'requirement') return [];
  const program = programTypes.find((one) => one === type);
  if (program === undefined) {
    problems.unsupported(element.line, describe(element), `use one of the types ${programTypes.join(', ')}`);
    return [];
  }
  return [{ type: program, name: text, version: element.attributes.get('version') }];
}
