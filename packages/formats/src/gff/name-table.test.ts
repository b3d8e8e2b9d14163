import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NameTable } from './name-table.ts';

const look = (table: NameTable, parts: readonly string[]): number => {
  table.begin();
  for (const part of parts) {
    const bytes = Buffer.from(`<${part}>`);
    table.mix(bytes, 1, bytes.length - 1);
  }
  return table.find();
};

describe('NameTable', () => {
  it('knows the line of every name, as a Map does', () => {
    const anyName = fc.tuple(fc.constantFrom('', '1', '2'), fc.integer({ min: 0, max: 9 }).map(String));
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 60 }), (names) => {
        const table = new NameTable();
        const map = new Map<string, number>();
        for (const [index, name] of names.entries()) {
          const key = name.join('|');
          expect(look(table, name)).toBe(map.get(key) ?? 0);
          if (map.has(key)) continue;
          table.add(index + 1);
          map.set(key, index + 1);
        }
      }),
    );
  });

  it('tells a hundred thousand similar names apart, and forgets them', () => {
    const table = new NameTable();
    const wrong: number[] = [];
    for (let line = 1; line <= 100_000; line += 1) {
      if (look(table, [`exon:ENST00000${line}:1`]) !== 0) wrong.push(line);
      table.add(line);
    }
    for (let line = 1; line <= 100_000; line += 1) {
      if (look(table, [`exon:ENST00000${line}:1`]) !== line) wrong.push(line);
    }
    expect(wrong).toEqual([]);
    table.clear();
    expect(look(table, ['exon:ENST000001:1'])).toBe(0);
  });
});
