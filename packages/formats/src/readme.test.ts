import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordFormats } from './record-formats.ts';

describe('the README', () => {
  it('lists every format with its extensions and datatypes', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    for (const { name, fileExtensions, galaxyDatatypes } of recordFormats) {
      const row = rows.find((cells) => cells[1] === `\`${name}\``);
      expect(row?.slice(4, 6)).toEqual([
        `\`${fileExtensions.join(' ')}\``,
        `\`${galaxyDatatypes.join(' ')}\``,
      ]);
    }
  });
});
