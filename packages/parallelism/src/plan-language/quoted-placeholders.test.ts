import { describe, expect, it } from 'vitest';
import { quotedPlaceholders } from './quoted-placeholders.ts';

describe('quotedPlaceholders', () => {
  it.each([
    ['tool {k} --out={output}', []],
    [`tool '{k}' {e}`, ['k']],
    ['tool "{k}" {e}', ['k']],
    ['tool "a"{k}"b" \\"{e}', []],
    [`tool "it's {k}" 'a "{e}"' {x}`, ['k', 'e']],
    [`tool {k} # don't\ntool {e} '{x}'`, ['x']],
    [`awk '$1 == "{contig}" {print}' f`, ['contig', 'print']],
    ['tool "\\"{k}"', ['k']],
    ['tool a#{k} "{e}', ['e']],
    [`tool '{{k}}'`, ['k']],
  ])('finds those of %s that stand between quotes', (command, expected) => {
    expect([...quotedPlaceholders(command)]).toEqual(expected);
  });

  it.each(['tool "$(cat {k})"', 'tool `cat {k}`', 'cat <<E\n{k}\nE', "tool $'{k}'", 'tool $(cat "{k}")'])(
    'counts every one of %s, which is too intricate to tell',
    (command) => {
      expect([...quotedPlaceholders(command)]).toEqual(['k']);
    },
  );
});
