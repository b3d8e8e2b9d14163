import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseTool } from './parse/parse-tool.ts';
import { ToolError } from './tool-error.ts';
import { toolValues } from './tool-values.ts';

const reads = { path: '/data/reads.fq', format: 'fastqsanger', name: 'reads' };
const names = { path: '/data/names.txt', format: 'txt', name: 'names' };
const sampler = parseTool(readFileSync(new URL('../test-data/sample-reads.xml', import.meta.url), 'utf8'));

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ToolError) return error.problems.map((one) => one.text);
    throw error;
  }
  throw new Error('the values were accepted');
}

function withParam(param: string) {
  const tool = parseTool(`<tool id="a" name="a"><command>true</command><inputs>${param}</inputs></tool>`);
  return (settings: Record<string, string>) => toolValues(tool, { inputs: {}, settings });
}

test('defaults are filled in, and a conditional has the inputs of its case only', () => {
  expect(toolValues(sampler, { inputs: { reads, 'how|names': names }, settings: {} })).toEqual({
    reads: { type: 'data', dataset: reads },
    how: {
      type: 'group',
      members: { mode: { type: 'select', value: 'names' }, names: { type: 'data', dataset: names } },
    },
    advanced: {
      type: 'group',
      members: {
        minimum: { type: 'integer', value: 0 },
        keep_comments: { type: 'boolean', value: false, truevalue: '--comments', falsevalue: '' },
      },
    },
  });
});

test('all that is wrong is reported together', () => {
  const given = {
    inputs: { raeds: reads, 'how|names': names, 'advanced|minimum': names },
    settings: { 'how|mode': 'fraction', 'how|fraction': '7', reads: 'x', color: 'red' },
  };
  expect(problemsOf(() => toolValues(sampler, given))).toEqual([
    'the input "reads" (Reads) is missing: give a file',
    '"how|fraction" is 7: must be at least 0 and at most 1',
    'there is no input "raeds": there are reads, how|names; did you mean "reads"?',
    'the input "how|names" does not apply to the case of "how" that is chosen; leave it out',
    '"advanced|minimum" is a setting: give it a value, not a file',
    '"reads" is an input: give it a file',
    'there is no setting "color": there are how|mode, how|fraction, how|seed, advanced|minimum, advanced|keep_comments',
  ]);
});

test('a name that every object has is unknown like any other', () => {
  const set = withParam('<param name="x" type="text"/>');
  expect(problemsOf(() => set({ constructor: 'a' }))[0]).toContain('there is no setting "constructor"');
  expect(withParam('<param name="constructor" type="text"/>')({})).toEqual({
    constructor: { type: 'text', value: '' },
  });
});

describe('numbers', () => {
  const integer = withParam('<param name="n" type="integer" min="1" max="9"/>');
  const optional = withParam('<param name="n" type="float" optional="true"/>');
  test('are checked for their kind and range', () => {
    expect(integer({ n: '9' })).toEqual({ n: { type: 'integer', value: 9 } });
    expect(problemsOf(() => integer({ n: '10' }))).toEqual(['"n" is 10: must be at least 1 and at most 9']);
    expect(problemsOf(() => integer({ n: '1.5' }))).toEqual(['"n" must be a whole number, not "1.5"']);
    expect(problemsOf(() => integer({}))).toEqual(['"n" has no default: set it to a whole number']);
  });
  test('may be left out if they are optional', () => {
    expect(optional({})).toEqual({ n: { type: 'float', value: null } });
    expect(optional({ n: '' })).toEqual({ n: { type: 'float', value: null } });
    expect(optional({ n: '1e-3' })).toEqual({ n: { type: 'float', value: 0.001 } });
  });
  test('can have bounds that are excluded', () => {
    const open = withParam(
      '<param name="n" type="float" value="1"><validator type="in_range" min="0" exclude_min="true" max="2" exclude_max="true"/></param>',
    );
    expect(open({ n: '1.99' })).toEqual({ n: { type: 'float', value: 1.99 } });
    expect(problemsOf(() => open({ n: '2' }))).toHaveLength(1);
    expect(problemsOf(() => open({ n: '0' }))).toEqual(['"n" is 0: must be above 0 and below 2']);
  });
});

describe('texts', () => {
  test('are held to their validators', () => {
    const text = withParam(`<param name="t" type="text" value="ab">
      <validator type="empty_field"/><validator type="length" max="3"/>
      <validator type="regex" message="letters only">^[a-z]*$</validator></param>`);
    expect(text({})).toEqual({ t: { type: 'text', value: 'ab' } });
    expect(problemsOf(() => text({ t: '' }))).toEqual(['"t" is "": must not be empty']);
    expect(problemsOf(() => text({ t: 'abcd' }))).toEqual(['"t" is "abcd": must be of a length at most 3']);
    expect(problemsOf(() => text({ t: 'a1' }))).toEqual(['"t" is "a1": letters only']);
  });
  test('match from their start, as in Python, and negate turns it round', () => {
    const text = withParam(
      '<param name="t" type="text"><validator type="regex" negate="true">b</validator></param>',
    );
    expect(text({ t: 'ab' })).toEqual({ t: { type: 'text', value: 'ab' } });
    expect(problemsOf(() => text({ t: 'ba' }))).toEqual(['"t" is "ba": must not begin with a match of b']);
  });
  test('that are optional may be empty whatever the validators say', () => {
    const text = withParam(
      '<param name="t" type="text" optional="true"><validator type="empty_field"/></param>',
    );
    expect(text({})).toEqual({ t: { type: 'text', value: '' } });
  });
});

test.each([
  ['yes', true],
  ['TRUE', true],
  ['no', false],
  ['false', false],
])('a boolean set to %s is %s', (text, value) => {
  const boolean = withParam('<param name="b" type="boolean" truevalue="-b" falsevalue=""/>');
  expect(boolean({ b: text })).toEqual({ b: { type: 'boolean', value, truevalue: '-b', falsevalue: '' } });
  expect(problemsOf(() => boolean({ b: '-b' }))).toEqual(['"b" must be true, false, yes or no, not "-b"']);
});

describe('selects', () => {
  const options = '<option value="a">First</option><option value="b">b</option>';
  test('take one of the options, by default the first', () => {
    const select = withParam(`<param name="s" type="select">${options}</param>`);
    expect(select({})).toEqual({ s: { type: 'select', value: 'a' } });
    expect(problemsOf(() => select({ s: 'c' }))).toEqual(['"s" must be one of a (First), b, not "c"']);
  });
  test('may be empty if they are optional', () => {
    const select = withParam(`<param name="s" type="select" optional="true">${options}</param>`);
    expect(select({})).toEqual({ s: { type: 'select', value: null } });
  });
  test('can take several', () => {
    const select = withParam(
      `<param name="s" type="select" multiple="true" optional="false">${options}</param>`,
    );
    expect(select({ s: 'b,a' })).toEqual({ s: { type: 'select', value: ['b', 'a'] } });
    expect(problemsOf(() => select({}))).toEqual(['"s" needs one or more of a,b']);
  });
});
