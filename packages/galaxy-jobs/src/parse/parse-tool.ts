import { dataInputNames } from '../input-names.ts';
import { booleanAttribute, checkVocabulary, Problems, type Vocabulary } from '../problems.ts';
import { checkNames } from '../template/check-names.ts';
import { parseTemplate } from '../template/template.ts';
import type { Tool, ToolCommand, ToolInput, ToolOutput } from '../tool.ts';
import { problem, ToolError } from '../tool-error.ts';
import { childOf, parseXml, plainText, SourceText, type XmlElement } from '../xml.ts';
import { expandMacros } from './macros.ts';
import { parseInputs } from './parse-inputs.ts';
import { parseOutputs } from './parse-outputs.ts';
import { parseParallelism } from './parse-parallelism.ts';
import { parseRequirements } from './parse-requirements.ts';
import { parseStdio } from './parse-stdio.ts';
import { isBefore, isProfile } from './profile.ts';

/** Galaxy's rules for tools that name no profile. */
const legacyProfile = '16.01';

/** Elements that say nothing about what is run, or only in Galaxy's own pages and tests. */
const ignored = [
  'help',
  'citations',
  'tests',
  'edam_topics',
  'edam_operations',
  'xrefs',
  'creator',
  'icon',
  'version_command',
  'required_files',
];

const vocabulary: Vocabulary = {
  attributes: [
    'id',
    'name',
    'version',
    'profile',
    'hidden',
    'license',
    'workflow_compatible',
    'force_history_refresh',
  ],
  children: [
    'description',
    'requirements',
    'command',
    'inputs',
    'outputs',
    'stdio',
    'parallelism',
    'macros',
    ...ignored,
  ],
  advice: {
    code: 'Python code of Galaxy cannot be run here',
    configfiles: 'give the program its settings on the command line',
    environment_variables: 'set the variables in the command',
  },
};

/**
 * Reads a Galaxy tool from its XML.
 *
 * @param options.path names the tool in messages; nothing is read from it
 * @throws ToolError `MALFORMED_XML`; or `UNSUPPORTED` or `INVALID_TOOL` with everything that is wrong
 */
export function parseTool(xml: string, options: { readonly path?: string } = {}): Tool {
  const root = parseXml(xml, options.path);
  if (root.tag !== 'tool') {
    const text = `the root element is <${root.tag}>; a tool begins with <tool>`;
    throw new ToolError([problem('INVALID_TOOL', text, root.line)], options.path);
  }
  const problems = new Problems();
  const expanded = expandMacros(root, problems);
  const tool = readTool(expanded, problems);
  problems.throwIfAny(options.path ?? tool.id);
  return tool;
}

function readTool(root: XmlElement, problems: Problems): Tool {
  checkVocabulary(root, vocabulary, problems);
  checkOnce(root, problems);
  const profile = profileOf(root, problems);
  const inputs = inputsOf(root, problems);
  const dataInputs = dataInputNames(inputs);
  const outputs = parseOutputs(childOf(root, 'outputs'), profile, dataInputs, problems);
  checkClashes(inputs, outputs, root.line, problems);
  const command = childOf(root, 'command');
  return {
    id: required(root, 'id', problems),
    name: required(root, 'name', problems),
    version: root.attributes.get('version') ?? '1.0.0',
    profile,
    description: plainText(childOf(root, 'description')),
    command: commandOf(command, root, inputs, outputs, problems),
    strictShell: strictShellOf(command, profile),
    inputs,
    outputs,
    stdio: parseStdio(root, command, profile, problems),
    parallelism: parseParallelism(childOf(root, 'parallelism'), dataInputs, outputs, problems),
    requirements: parseRequirements(childOf(root, 'requirements'), problems),
  };
}

function required(root: XmlElement, name: string, problems: Problems): string {
  const value = root.attributes.get(name) ?? '';
  if (value === '') problems.invalid(root.line, `<tool> needs the attribute "${name}"`);
  return value;
}

/** Of two elements only the first would be read; that must not pass unnoticed. */
function checkOnce(root: XmlElement, problems: Problems): void {
  for (const tag of ['command', 'inputs', 'outputs', 'parallelism', 'requirements']) {
    const second = root.children.filter((child) => child.tag === tag)[1];
    if (second !== undefined)
      problems.invalid(second.line, `<tool> has a second <${tag}>; join it to the first`);
  }
}

function profileOf(root: XmlElement, problems: Problems): string {
  const profile = root.attributes.get('profile') ?? legacyProfile;
  if (isProfile(profile)) return profile;
  problems.invalid(root.line, `profile="${profile}" must be a release of Galaxy, as 24.0`);
  return legacyProfile;
}

function inputsOf(root: XmlElement, problems: Problems): readonly ToolInput[] {
  const element = childOf(root, 'inputs');
  if (element === undefined) return [];
  checkVocabulary({ ...element, children: [] }, { attributes: [], children: [] }, problems);
  return parseInputs(element, problems);
}

/** Inputs and outputs share one space of names in the command. */
function checkClashes(
  inputs: readonly ToolInput[],
  outputs: readonly ToolOutput[],
  line: number,
  problems: Problems,
): void {
  for (const { name } of outputs) {
    if (inputs.some((input) => input.name === name)) {
      problems.invalid(line, `an input and an output have the name "${name}"; rename one`);
    }
  }
}

function strictShellOf(command: XmlElement | undefined, profile: string): boolean {
  const fallback = !isBefore(profile, '20.09');
  return command === undefined ? fallback : booleanAttribute(command, 'strict', fallback);
}

function commandOf(
  element: XmlElement | undefined,
  root: XmlElement,
  inputs: readonly ToolInput[],
  outputs: readonly ToolOutput[],
  problems: Problems,
): ToolCommand {
  const source = new SourceText(element?.text ?? []);
  if (element === undefined || source.text.trim() === '') {
    problems.invalid(element?.line ?? root.line, '<tool> needs a <command> with a command line');
    return { text: '', template: [] };
  }
  const attributes = ['detect_errors', 'oom_exit_code', 'strict'];
  const advice = { '@interpreter': "name the interpreter in the command: python3 '$__tool_directory__/...'" };
  checkVocabulary(element, { attributes, children: [], advice }, problems);
  const { template, refusedNames } = parseTemplate(source, problems);
  const refused = new Set([...refusedNames, ...undeclaredNames(root, inputs, outputs)]);
  checkNames(template, inputs, outputs, refused, problems);
  return { text: source.text, template };
}

/** Names that stand in the XML and not among what was read: they belong to things that were refused. */
function undeclaredNames(
  root: XmlElement,
  inputs: readonly ToolInput[],
  outputs: readonly ToolOutput[],
): readonly string[] {
  const places = ['inputs', 'outputs', 'configfiles'];
  const written = root.children.filter(({ tag }) => places.includes(tag)).flatMap(writtenNames);
  const read = new Set([...inputs.flatMap(namesOf), ...outputs.map(({ name }) => name)]);
  return written.filter((name) => !read.has(name));
}

function writtenNames(element: XmlElement): readonly string[] {
  const own = element.attributes.get('name');
  const inner = element.children.flatMap(writtenNames);
  return own === undefined ? inner : [own, ...inner];
}

function namesOf(input: ToolInput): readonly string[] {
  if (input.type === 'section') return [input.name, ...input.inputs.flatMap(namesOf)];
  if (input.type !== 'conditional') return [input.name];
  return [input.name, input.test.name, ...input.cases.flatMap((one) => one.inputs.flatMap(namesOf))];
}
