import { booleanAttribute, checkVocabulary, describe, type Problems, type Vocabulary } from '../problems.ts';
import type { ToolOutput } from '../tool.ts';
import { childOf, plainText, type XmlElement } from '../xml.ts';
import { isBefore } from './profile.ts';

const vocabulary: Vocabulary = {
  attributes: [
    'name',
    'type',
    'format',
    'format_source',
    'metadata_source',
    'default_identifier_source',
    'label',
    'from_work_dir',
    'hidden',
  ],
  children: ['label'],
  advice: {
    filter: 'make the output always',
    change_format: 'give the output one format',
    discover_datasets: 'name each output',
    actions: 'say in the tool itself what Galaxy should know of the output',
  },
};

/** Reads `<outputs>`: datasets with a name and a format. Everything that makes more or fewer is refused. */
export function parseOutputs(
  element: XmlElement | undefined,
  profile: string,
  dataInputs: readonly string[],
  problems: Problems,
): readonly ToolOutput[] {
  const seen = new Set<string>();
  return (element?.children ?? []).flatMap((child) => {
    if (child.tag !== 'data') {
      problems.unsupported(child.line, `${describe(child)} in <outputs>`, 'write each output as <data>');
      return [];
    }
    const output = parseOutput(child, profile, dataInputs, problems);
    if (seen.has(output.name)) problems.invalid(child.line, `two outputs have the name "${output.name}"`);
    seen.add(output.name);
    return [output];
  });
}

function parseOutput(
  element: XmlElement,
  profile: string,
  dataInputs: readonly string[],
  problems: Problems,
): ToolOutput {
  checkVocabulary(element, vocabulary, problems);
  const { attributes } = element;
  const name = attributes.get('name') ?? '';
  if (!/^[A-Za-z_]\w*$/.test(name) || name.startsWith('__')) {
    problems.invalid(
      element.line,
      `the output name "${name}" must be letters, digits and _, and not begin with __`,
    );
  }
  const type = attributes.get('type') ?? 'data';
  if (type !== 'data') problems.unsupported(element.line, `type="${type}" of ${describe(element)}`);
  return {
    name,
    format: formatOf(element, problems),
    formatSource: sourceOf(element, 'format_source', dataInputs, problems),
    metadataSource: sourceOf(element, 'metadata_source', dataInputs, problems),
    label: attributes.get('label') ?? plainText(childOf(element, 'label')),
    fromWorkDir: fromWorkDirOf(element, profile, problems),
    hidden: booleanAttribute(element, 'hidden', false),
  };
}

function formatOf(element: XmlElement, problems: Problems): string {
  const format = element.attributes.get('format') ?? 'data';
  if (format === 'input') {
    const advice = 'write format_source="..." with the name of the input';
    problems.unsupported(element.line, `format="input" of ${describe(element)}`, advice);
  } else if (!/^[\w.-]+$/.test(format)) {
    problems.invalid(
      element.line,
      `format="${format}" of ${describe(element)} must be the name of one format`,
    );
  }
  return format;
}

function sourceOf(
  element: XmlElement,
  attribute: string,
  dataInputs: readonly string[],
  problems: Problems,
): string | undefined {
  const source = element.attributes.get(attribute);
  if (source !== undefined && !dataInputs.includes(source)) {
    problems.invalid(
      element.line,
      `${attribute}="${source}" of ${describe(element)} must be a data input: ${dataInputs.join(', ')}`,
    );
  }
  return source;
}

function fromWorkDirOf(element: XmlElement, profile: string, problems: Problems): string | undefined {
  const written = element.attributes.get('from_work_dir');
  if (written === undefined) return undefined;
  // Galaxy keeps blanks at the ends since it quotes the name.
  const file = isBefore(profile, '21.09') ? written.trim() : written;
  if (/[*?[\]]/.test(file)) {
    const advice = 'name the file in full';
    problems.unsupported(element.line, `the pattern from_work_dir="${file}" of ${describe(element)}`, advice);
  } else if (file === '' || file.startsWith('/') || file.split('/').includes('..')) {
    problems.invalid(element.line, `from_work_dir="${file}" must be a file below the working directory`);
  }
  return file;
}
