import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { settingsTable, withSettingsTable } from './settings-table.ts';

describe('settingsTable', () => {
  it('has a line for each setting, with what it means and its default', () => {
    const schema = z.strictObject({
      size: z.number().default(3).describe('a | b'),
      inner: z.strictObject({ name: z.string().exactOptional().describe('who') }),
    });
    expect(settingsTable(schema).split('\n').slice(2)).toEqual([
      '| `size` | a \\| b (`3`) |',
      '| `inner.name` | who |',
    ]);
  });
});

describe('withSettingsTable', () => {
  it('puts a table between the marks, and leaves all else as it is', () => {
    const before = 'a\n<!-- settings -->\n\nold\n\n<!-- /settings -->\nb\n';
    const after = withSettingsTable(before, 'new');
    expect(after).toBe('a\n<!-- settings -->\n\nnew\n\n<!-- /settings -->\nb\n');
    expect(withSettingsTable(after, 'new')).toBe(after);
  });

  it.each(['', '<!-- settings -->', '<!-- /settings --> <!-- settings -->'])(
    'needs marks, unlike %j',
    (text) => {
      expect(() => withSettingsTable(text, '')).toThrow('there is no <!-- settings -->');
    },
  );
});
