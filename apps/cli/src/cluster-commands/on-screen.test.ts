import { describe, expect, it } from 'vitest';
import { onScreen } from './on-screen.ts';

const clear = '\u001b[H\u001b[2J';

describe('a text on a screen', () => {
  it('is there whole where it fits', () => {
    expect(onScreen('a\nb', { rows: 4, columns: 10 })).toBe(`${clear}a\nb\n`);
  });

  it('is cut where it does not, and says by how much', () => {
    expect(onScreen('a\nb\nc\nd', { rows: 4, columns: 10 })).toBe(`${clear}a\nb\n… 2 more\n`);
  });

  it('counts lines that a narrow terminal breaks as the rows that they take', () => {
    expect(onScreen('a\n0123456789\nb\nc', { rows: 5, columns: 5 })).toBe(
      `${clear}a\n0123456789\n… 2 more\n`,
    );
  });
});
