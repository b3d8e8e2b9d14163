import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resumeCommand } from './resume-command.ts';

describe('resumeCommand', () => {
  it('adds --resume before the command of the tasks', () => {
    expect(resumeCommand(['map', '--input', 'a b.fa', '--', "grep -c '>' {input}"])).toBe(
      "galaxy-mesos map --input 'a b.fa' --resume -- 'grep -c '\\''>'\\'' {input}'",
    );
  });

  it('says it once, and in place of --restart, but leaves the command alone', () => {
    expect(resumeCommand(['run', 't.xml', '--restart', '--resume'])).toBe('galaxy-mesos run t.xml --resume');
    expect(resumeCommand(['map', '--', 'x', '--restart'])).toBe('galaxy-mesos map --resume -- x --restart');
  });

  it('can be typed as it is, whatever the words are', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', "'", '"', ' ', '\n', '$', '\\', '*', '`', 'ü', '{', '!'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), (words) => {
        const script = `galaxy-mesos() { printf '%s\\0' "$@"; }\n${resumeCommand(['map', ...words])}`;
        const printed = execFileSync('/bin/bash', ['-c', script], { encoding: 'utf8' });
        expect(printed.split('\0').slice(0, -1)).toEqual(['map', ...words, '--resume']);
      }),
      { numRuns: 30 },
    );
    // Thirty shells begin one after the other, which takes a busy machine its time.
  }, 60_000);
});
