import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillPlaceholders } from './placeholders.ts';

const files = new Map([
  ['input', 'input.fa'],
  ['output', 'output.tsv'],
  ['db', "/data/it's here.fa"],
]);

describe('fillPlaceholders', () => {
  it('puts in files, quoted where the shell needs it', () => {
    expect(fillPlaceholders('x {input} -d {db} > {output}', files)).toBe(
      "x input.fa -d '/data/it'\\''s here.fa' > output.tsv",
    );
  });

  it('turns {{NAME}} into {NAME}, and leaves all other braces alone', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    const command = "awk '{print $1} {x} ${HOME} {{awk}}' {{input}} $" + '{';
    expect(fillPlaceholders(command, files)).toBe(command.replace('{{input}}', '{input}'));
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
