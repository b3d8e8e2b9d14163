import { describe, expect, it } from 'vitest';
import { environmentEntriesSchema, environmentStatement } from './environment-entry.ts';

describe('environmentStatement', () => {
  it.each([
    [{ name: 'X', value: 'Y' }, 'X="Y"; export X'],
    [{ name: 'X', value: '' }, 'X=""; export X'],
    [{ name: 'X', value: '$HOME/`id` "q"' }, 'X="$HOME/`id` \\"q\\""; export X'],
    [{ name: 'X', value: '`cat "/a b"`', raw: true }, 'X=`cat "/a b"`; export X'],
    [{ name: 'X', value: 8 }, 'X="8"; export X'],
    [{ name: 'X', value: true }, 'X="True"; export X'],
    [{ file: '/etc/my env' }, '. "/etc/my env"'],
    [{ file: "'$FILE'", raw: true }, ". '$FILE'"],
    [{ execute: 'module load java' }, 'module load java'],
    [{ name: 'X', value: 'Y', file: 'S', execute: 'e' }, '. "S"'],
    [{ name: null, value: null, raw: false, file: null, execute: 'e' }, 'e'],
  ])('writes %j as Pulsar does', (entry, statement) => {
    expect(environmentStatement(entry)).toBe(statement);
  });
});

describe('environmentEntriesSchema', () => {
  it('takes what Galaxy sends, with keys that it does not know', () => {
    const sent = [
      { name: 'A', value: '1', raw: false, file: null, execute: null },
      { name: 'B', value: '`cat x`', raw: true, job_directory_path: '/galaxy/tool_env_x' },
    ];
    expect(environmentEntriesSchema.parse(sent)).toHaveLength(2);
  });

  it.each([[[{}]], [[{ name: 'A' }]], [[{ value: 'x' }]], ['A=1'], [[{ name: 'A', value: { x: 1 } }]]])(
    'refuses %j',
    (sent) => {
      expect(environmentEntriesSchema.safeParse(sent).success).toBe(false);
    },
  );
});
