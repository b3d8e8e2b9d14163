// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of Cheetah look like those of TypeScript.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../tool-error.ts';
import { parseTool } from './parse-tool.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../test-data/${name}.xml`, import.meta.url), 'utf8');
}

function errorOf(xml: string): ToolError {
  try {
    parseTool(xml, { path: 'a.xml' });
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('the tool was accepted');
}

function tool(parts: string, attributes = 'profile="24.0"'): string {
  return `<tool id="a" name="a" ${attributes}>\n${parts}\n</tool>`;
}

const command = '<command>true</command>';

test('a tool with macros, a section and a conditional is read', () => {
  const read = parseTool(fixture('sample-reads'));
  expect(read).toMatchObject({
    id: 'sample_reads',
    version: '1.4+galaxy0',
    profile: '23.1',
    strictShell: true,
  });
  expect(read.description).toBe('at random or by name');
  expect(read.inputs.map((input) => [input.name, input.type])).toEqual([
    ['reads', 'data'],
    ['how', 'conditional'],
    ['advanced', 'section'],
  ]);
  expect(read.outputs).toMatchObject([{ name: 'sampled', formatSource: 'reads', metadataSource: 'reads' }]);
  expect(read.parallelism).toMatchObject({ splitInputs: ['reads'], sharedInputs: ['how|names'] });
  expect(read.requirements).toEqual([
    { type: 'package', name: 'reads-tool', version: '1.4' },
    { type: 'container', engine: 'docker', image: 'example/reads-tool:1.4' },
    { type: 'resource', name: 'cores_min', value: '2' },
  ]);
});

test('a tool that is read is plain data', () => {
  const read = parseTool(fixture('sample-reads'));
  expect(JSON.parse(JSON.stringify(read))).toMatchObject({ command: { template: read.command.template } });
});

test('a tool of an old profile keeps the old rules', () => {
  const read = parseTool(fixture('select-lines'));
  expect(read).toMatchObject({ profile: '16.01', strictShell: false, parallelism: { method: 'basic' } });
});

test('blanks around a file in the working directory count since 21.09', () => {
  const outputs = '<outputs><data name="a" from_work_dir=" x.txt "/></outputs>';
  const file = (profile: string) =>
    parseTool(tool(command + outputs, `profile="${profile}"`)).outputs[0]?.fromWorkDir;
  expect([file('21.05'), file('21.09')]).toEqual(['x.txt', ' x.txt ']);
});

test('everything that is not supported is reported together, by name and line', () => {
  const error = errorOf(fixture('unsupported'));
  expect(error.code).toBe('UNSUPPORTED');
  const found = error.problems.map((one) => `${one.line} ${one.text.split(' is not supported')[0]}`);
  expect(found).toEqual([
    '1 the attribute "tool_type" of <tool name="Everything">',
    '3 <import>macros.xml</import>',
    '5 the attribute "interpreter" of <command>',
    '6 #import',
    '7 #for',
    '10 #set',
    '11 calling $reads.is_of_type',
    '12 "$(" with an expression',
    '14 $missing: nothing has the name "missing" (there are reads, name, choice, one); write \\$ if the shell shall see it',
    '15 $__user_email__',
    '17 <environment_variables> in <tool name="Everything">',
    '20 <configfiles> in <tool name="Everything">',
    '23 <code> in <tool name="Everything">',
    '25 the attribute "multiple" of <param name="reads">',
    '27 <sanitizer> in <param name="name">',
    '28 <validator type="expression"> of <param name="name">',
    '30 type="genomebuild" of <param name="build">',
    '32 <options> in <param name="choice">',
    '34 <repeat name="files"> in <inputs>',
    '39 the pattern from_work_dir="*.txt" of <data name="one">',
    '40 <filter> in <data name="one">',
    '41 <change_format> in <data name="one">',
    '42 <discover_datasets> in <data name="one">',
    '43 <actions> in <data name="one">',
    '45 <collection name="many"> in <outputs>',
    '48 <regex match="fail(ed|ure)">',
    '50 the attribute "split_bases" of <parallelism>',
  ]);
});

describe('XML that is not well formed', () => {
  test.each([
    ['<tool>\n  <a></tool>', 2],
    ['', 1],
    ['<tool>\n  <b>&nothing;</b></tool>', 2],
    ['<tool a=b/>', 1],
    ['<tool/><tool/>', 1],
  ])('%j is refused with line %i', (xml, line) => {
    const error = errorOf(xml);
    expect(error.code).toBe('MALFORMED_XML');
    expect(error.problems[0]).toMatchObject({ line });
    expect(error.problems[0]?.column).toBeGreaterThan(0);
    expect(error.message).toContain('a.xml');
  });

  test('entities cannot be defined', () => {
    expect(errorOf('<!DOCTYPE tool [<!ENTITY a "b">]>\n<tool/>').code).toBe('UNSUPPORTED');
  });
});

describe('a tool that Galaxy could not run either', () => {
  test.each([
    ['<command/>', 'needs a <command>'],
    [`${command}${command}`, 'has a second <command>'],
    [
      '<command>\n\n  $inptu</command><inputs><param name="input" type="data"/></inputs>',
      'line 4: $inptu: nothing has',
    ],
    ['<command>$in</command><inputs><param name="input" type="data"/></inputs>', 'there are input'],
    [
      `${command}<inputs><param name="a" type="data"/><param name="a" type="text"/></inputs>`,
      'two inputs have',
    ],
    [`${command}<outputs><data name="a"/><data name="a"/></outputs>`, 'two outputs have'],
    [
      `${command}<inputs><param name="a" type="data"/></inputs><outputs><data name="a"/></outputs>`,
      'and an output',
    ],
    [`${command}<inputs><param name="1a" type="data"/></inputs>`, 'must be letters, digits'],
    [`${command}<inputs><param name="__proto__" type="text"/></inputs>`, 'must be letters, digits'],
    [`${command}<inputs><param name="a" type="integer" value="1.5"/></inputs>`, 'must be of type integer'],
    [`${command}<inputs><param name="a" type="integer" min="x"/></inputs>`, 'min="x"'],
    [`${command}<inputs><param name="a" type="select"/></inputs>`, 'has no <option>'],
    [`${command}<inputs><param name="a" type="select"><option/></param></inputs>`, '<option> needs a value'],
    [`${command}<outputs><data name="a" format_source="b"/></outputs>`, 'must be a data input'],
    [`${command}<outputs><data name="a" from_work_dir="../x"/></outputs>`, 'below the working directory'],
    ['<command>#if 1\ntrue</command>', 'this #if has no #end if'],
    ['<command>true\n#else\n</command>', 'has no #if before it'],
    ['<command>#if 1\na\n#else\nb\n#else\nc\n#end if\n</command>', 'stands behind #else'],
    ['<command>#if 1\na\n#endif\n</command>', 'write #end if'],
    ['<command>a\n#end for\n</command>', '#end for ends nothing'],
  ])('%s', (parts, message) => {
    expect(errorOf(tool(parts)).message).toContain(message);
  });

  test('a tool needs an id, a name and a profile that is a release', () => {
    expect(errorOf(`<tool>${command}</tool>`).problems).toHaveLength(2);
    expect(errorOf(tool(command, 'profile="new"')).message).toContain('profile="new"');
    expect(errorOf('<workflow/>').message).toContain('a tool begins with <tool>');
  });

  test('a case of a conditional must be reachable', () => {
    const test = '<param name="t" type="boolean" truevalue="yes" falsevalue="no"/>';
    const inputs = `<inputs><conditional name="c">${test}<when value="true"/></conditional></inputs>`;
    expect(errorOf(tool(command + inputs)).message).toContain('"t" can be "yes", "no"');
  });
});

describe('names in the command', () => {
  const section = '<inputs><section name="s"><param name="x" type="text"/></section></inputs>';
  test.each([
    [`$s.x \${s.x}`, undefined],
    ['$x', 'nothing has the name "x"'],
    ['$s', 'a group of inputs'],
    ['$s.y', 'nothing has the name "y"'],
    ['$s.x.value', '"value" of $s.x'],
    ['$s.x.fasta', `write \${s.x} if text follows`],
  ])('%s in a tool with the section s and its member x', (written, message) => {
    const xml = tool(`<command>echo ${written}</command>${section}`);
    if (message === undefined) expect(parseTool(xml).inputs).toHaveLength(1);
    else expect(errorOf(xml).message).toContain(message);
  });
});

describe('macros', () => {
  test.each([
    ['<xml name="m"><expand macro="m"/></xml>', '<expand macro="m"/>', 'expands itself'],
    ['', '<expand macro="m"/>', 'is not defined'],
    ['<xml name="m" tokens="a"/>', '<expand macro="m"/>', 'macro parameter "tokens"'],
    ['<xml name="m"/>', '<expand macro="m" a="b"/>', 'macro parameter "a"'],
    ['<xml name="m"><yield/></xml>', '<expand macro="m"/>', '<yield>'],
    ['<token name="@A@">@B@</token><token name="@B@">@A@</token>', '', undefined],
    ['<token name="@A@">x@A@</token>', '', 'in a circle'],
    ['<token>x</token>', '', 'needs a name'],
  ])('%s with %s', (macros, use, message) => {
    const xml = tool(`<macros>${macros}</macros>${use}${command}`);
    if (message === undefined) expect(() => parseTool(xml)).toThrow('in a circle');
    else expect(errorOf(xml).message).toContain(message);
  });

  test('what is wrong in a token is told with the line where it is used', () => {
    const macros = '<macros><token name="@A@">one\n$missing</token></macros>';
    const error = errorOf(tool(`${macros}\n<command>@A@</command>`));
    expect(error.problems.map((one) => one.line)).toEqual([4]);
  });

  test('lines behind a token of several lines are still told right', () => {
    const macros = '<macros><token name="@A@">one\ntwo\nthree</token></macros>';
    const error = errorOf(tool(`${macros}\n<command>@A@\n$missing</command>`));
    expect(error.problems.map((one) => one.line)).toEqual([6]);
  });
});
