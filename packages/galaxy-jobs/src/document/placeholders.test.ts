import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillPlaceholders } from './placeholders.ts';

const files = new Map([
  ['input', 'input.fa'],
  ['output', 'output.tsv'],
  ['db', "/data/it's here.fa"],
]);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the shell's.
describe('fillPlaceholders', () => {
  it('puts in files, quoted where the shell needs it', () => {
    expect(fillPlaceholders('x {input} -d {db} > {output}', files)).toBe(
      "x input.fa -d '/data/it'\\''s here.fa' > output.tsv",
    );
  });

  it('turns {{NAME}} into {NAME}, and leaves all other braces alone', () => {
    const command = "awk '{print $1} {x} ${HOME} {{awk}}' {{input}} $" + '{';
    expect(fillPlaceholders(command, files)).toBe(command.replace('{{input}}', '{input}'));
  });

  it.each([
    [`-r "{db}"`, `-r "/data/it's here.fa"`],
    [`-r '{db}'`, `-r '/data/it'\\''s here.fa'`],
    ['-r "a {input} b"', '-r "a input.fa b"'],
    [
      'cat <<E > {db}\n{input}\nE\ncat {db}',
      "cat <<E > '/data/it'\\''s here.fa'\ninput.fa\nE\ncat '/data/it'\\''s here.fa'",
    ],
    ['a # {input}', 'a # input.fa'],
    ['"$(cat "{db}" {db})"', `"$(cat "/data/it's here.fa" '/data/it'\\''s here.fa')"`],
  ])('quotes in %s as it is wanted there', (command, expected) => {
    expect(fillPlaceholders(command, files)).toBe(expected);
  });

  it.each([
    [`awk '$1 == "{db}"' {input}`, 'between quotes with more than plain words; take it out of them'],
    ['sh -c "cat {db}"', 'between quotes with more than plain words'],
    ['cat <<E\n{db}\nE', 'in the text of <<; write db={db} in a line before it, and "$db" there'],
    ['cat `ls {db}`', 'between backquotes'],
    ["cat $'{db}'", "in $'...'"],
    ['cat x # {db}', 'in a comment'],
    ['cat ${x:-{db}}', 'in or behind a variable in braces'],
    ['cat ${input}', '{input} stands behind $, which makes it a variable of the shell; take that away'],
    ['cat \\{input}', 'write {{input}} for the text {input}'],
    ['cat {nul}', 'has a NUL byte'],
  ])('refuses %s', (command, message) => {
    const known = new Map([...files, ['nul', 'a\0']]);
    expect(() => fillPlaceholders(command, known)).toThrow(message);
  });

  it.each([
    '(( {db} > 3 ))',
    "(( '{db}' > 3 ))",
    'for ((i = 0; i < {db}; i++)); do x; done',
    'echo $(( {db} ))',
    'if [[ {db} -gt 3 ]]; then x; fi',
    'if [[ x == y && "{db}" -gt 3 ]]; then x; fi',
    'a[{db}]=1',
    'a["{db}"]=1',
    'a=([{db}]=1)',
    'let x={db}',
    'x | IFS=: read {db}',
    'unset {db}',
    'printf -v {db} x',
    'printf {db} x',
    'test -v {db}',
    '[ x -a -v "{db}" ]',
    'f() { local {db}; }',
    'declare -a x={db}',
    'declare -i x\nx={db}',
  ])('refuses %s, where bash may run what is in a text, unless it is a plain word', (command) => {
    expect(() => fillPlaceholders(command, files)).toThrow('bash may run what is in a text');
    expect(fillPlaceholders(command, new Map([['db', '7']]))).toBe(command.replace('{db}', '7'));
  });

  it.each([
    '[ {db} -gt 3 ]',
    '[ -n {db} ]',
    '( (cat {db}) | sort)',
    '[[ -s x ]] && cat {db}',
    '(( x[1] + 2 )); cat {db}',
    'if (( x > 3 )); then cat {db}; fi',
    'ls [[:alpha:]] {db}',
    'ls a[0-9] {db}',
    'export X={db}',
    'local -r x={db}',
    'while read -r x; do y; done < {db}',
    'read -r x < {db}',
    'tool read {db}',
    'printf %s {db}',
    'a=(x {db})',
    'x=(a) y={db}',
  ])('puts a text into %s', (command) => {
    expect(fillPlaceholders(command, files)).toBe(command.replace('{db}', "'/data/it'\\''s here.fa'"));
  });

  it('puts in several words where they are words of their own, and refuses them elsewhere', () => {
    const reads = new Map([['reads', ['a b.fq', 'c.fq']]]);
    expect(fillPlaceholders('cat {reads}>x;(ls {reads})', reads)).toBe(
      "cat 'a b.fq' c.fq>x;(ls 'a b.fq' c.fq)",
    );
    for (const command of [
      'cat "{reads}"',
      'cat --in={reads}',
      'cat {reads}.gz',
      'cat < {reads}',
      'cat >{reads}',
    ]) {
      expect(() => fillPlaceholders(command, reads)).toThrow(
        'stands for 2 files; write it as a word of its own',
      );
    }
    expect(fillPlaceholders('cat < "{reads}"', new Map([['reads', ['a b.fq']]]))).toBe('cat < "a b.fq"');
  });

  it('leaves a command without placeholders as it is', () => {
    fc.assert(
      fc.property(fc.string(), (command) => {
        expect(fillPlaceholders(command, new Map())).toBe(command);
      }),
    );
  });

  it('puts in nothing that the next one would take for a placeholder of its own', () => {
    const once = fillPlaceholders('cat {db} {{k}} {k}', new Map([['db', "/data/{k} {{k}} it's"]]));
    const filled = fillPlaceholders(once, new Map([['k', '7']])).replace(/^cat /, 'printf "%s\\n" ');
    expect(execFileSync('/bin/sh', ['-c', filled], { encoding: 'utf8' })).toBe(
      "/data/{k} {{k}} it's\n{k}\n7\n",
    );
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the shell's.
