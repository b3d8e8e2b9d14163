// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of Cheetah look like those of TypeScript.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attemptDirectory } from './job.ts';
import { parseTool } from './parse/parse-tool.ts';
import { renderCommand } from './render-command.ts';
import { sanitize } from './sanitize.ts';
import { toolValues } from './tool-values.ts';

const reads = { path: '/data/reads.fq', format: 'fastqsanger', name: "reads' @ #1" };
const sampler = parseTool(readFileSync(new URL('../test-data/sample-reads.xml', import.meta.url), 'utf8'));

const inputs = `<param name="data" type="data"/>
  <param name="more" type="data" optional="true"/>
  <param name="text" type="text"/>
  <param name="flag" type="boolean" truevalue="--flag" falsevalue=""/>`;

/** Renders a command template for one dataset and the settings given. */
function render(command: string, settings: Record<string, string> = {}, path = '/d/in'): string {
  const tool = parseTool(
    `<tool id="a" name="a" profile="24.0"><command><![CDATA[${command}]]></command>
     <inputs>${inputs}</inputs><outputs><data name="out" format_source="data"/></outputs></tool>`,
  );
  const values = toolValues(tool, { inputs: { data: { ...reads, path } }, settings });
  return renderCommand(tool, values, { outputs: { out: 'out.dat' }, toolDirectory: '/tools' });
}

test('a realistic tool is rendered for each of its cases', () => {
  const names = { path: '/data/names.txt', format: 'txt', name: 'names' };
  const byName = toolValues(sampler, { inputs: { reads, 'how|names': names }, settings: {} });
  expect(renderCommand(sampler, byName, { outputs: { sampled: 'sampled.dat' } })).toBe(
    `reads-tool sample -t \${GALAXY_SLOTS:-1} --names '/data/names.txt'  --format fastqsanger '/data/reads.fq' > 'sampled.dat'`,
  );
  const atRandom = toolValues(sampler, {
    inputs: { reads },
    settings: {
      'how|mode': 'fraction',
      'how|seed': '7',
      'advanced|minimum': '30',
      'advanced|keep_comments': 'yes',
    },
  });
  const paths = { outputs: { sampled: 'sampled.dat' }, inputs: { reads: 'part.fq' } };
  expect(renderCommand(sampler, atRandom, paths)).toBe(
    `reads-tool sample -t \${GALAXY_SLOTS:-1} --fraction 0.1 --seed 7 --min-length 30 --comments --format fastqsanger 'part.fq' > 'sampled.dat'`,
  );
});

describe('Cheetah', () => {
  test.each([
    ['a\n  b  \n\n c', 'a b  c'],
    ['a\n## gone\nb ## gone\nc', 'a b c'],
    [
      `echo \\$HOME \\\${x} \\#if $1 $? $$ "$" 50% a#b #nothing`,
      `echo $HOME \${x} #if $1 $? $$ "$" 50% a#b #nothing`,
    ],
    [`\${data}.x $data, $data. \${ data }`, '/d/in.x /d/in, /d/in. /d/in'],
    ['$data.ext $data.extension $out.ext', 'fastqsanger fastqsanger fastqsanger'],
    ['$data.name|$data.element_identifier', 'reads__sq__ @ __pd__1|reads__sq__ @ __pd__1'],
    ['$__tool_directory__/x.py $out', '/tools/x.py out.dat'],
    ['$more', 'None'],
    ['a #if $flag# b #else# c #end if# d', 'a  c  d'],
    ['a\n#if $flag: ## why\nb\n#end if\nc', 'a c'],
    ['#if $more\nm\n#elif not $flag and $data\nd\n#else\ne\n#end if', 'd'],
    ['#if $flag\na\n#else if $text == ""\nb\n#end if', 'b'],
    ["'#if $flag'", undefined],
    ['#if $flag then 1 else 2', undefined],
    ['#if $flag: x', undefined],
    ['#* x *# a', undefined],
    ['a #\nb', undefined],
    ['$(date)', undefined],
    [`\${data + 1}`, undefined],
    ['$data[0]', undefined],
    ['$data.get()', undefined],
    ['$!data', undefined],
    ['#raw\n$x #for\n#end raw\na', undefined],
    ['<% x %>', undefined],
  ])('%j becomes %j', (command, expected) => {
    if (expected === undefined) expect(() => render(command)).toThrow('UNSUPPORTED');
    else expect(render(command)).toBe(expected);
  });

  test('what Galaxy would put in as text by mistake is refused', () => {
    expect(() => render('a\n#elsif $flag')).toThrow('write #elif');
  });
});

test('whatever a person writes is sanitised in the command', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      expect(render("say '$text'", { text })).toBe(`say '${sanitize(text)}'`);
    }),
    { numRuns: 50 },
  );
});

test('whatever plain text a command has comes out again, but for blanks', () => {
  const plain = fc.array(
    fc.constantFrom('a', 'Z', '0', ' ', '\n', '\t', "'", '"', '$ ', '#1', '%', '{', '}', '\\n'),
  );
  fc.assert(
    fc.property(plain, (pieces) => {
      const text = `x${pieces.join('')}x`;
      expect(render(text).replaceAll(/\s+/g, ' ')).toBe(text.replaceAll(/\s+/g, ' '));
    }),
  );
});

test('a member of a case that was not chosen has no value', () => {
  const tool = parseTool(`<tool id="a" name="a"><command>$c.x</command><inputs><conditional name="c">
    <param name="m" type="boolean"/><when value="true"><param name="x" type="text"/></when>
    </conditional></inputs></tool>`);
  const render = (m: string) =>
    renderCommand(tool, toolValues(tool, { inputs: {}, settings: { 'c|m': m } }), { outputs: {} });
  expect(() => render('false')).toThrow('[RENDER_FAILED] a: line 1: $c.x does not apply');
  expect(() => render('true')).toThrow('the command is empty');
});

describe('paths', () => {
  test.each(['/d/é_1-2.fa', `${attemptDirectory}/part.fa`, './a=b,c:d@e%f+g'])('%s is safe', (path) => {
    expect(render('cat $data', {}, path)).toBe(`cat ${path}`);
  });
  test.each(["/d/it's", '/d/a b', '/d/$(x)', '-rf', '', '/d/a;b', '/d/a\nb', '/d/*', '~/a'])(
    '%j is refused',
    (path) => {
      expect(() => render('cat $data', {}, path)).toThrow('give the file another name');
    },
  );
  test('an output that the command names needs one', () => {
    const tool = parseTool(
      '<tool id="a" name="a"><command>a > $o</command><outputs><data name="o"/></outputs></tool>',
    );
    expect(() => renderCommand(tool, {}, { outputs: {} })).toThrow('no path was given for $o');
  });
});
