import { describe, expect, it } from 'vitest';
import { sharedString } from './string-table.ts';

const textOf = (...bytes: readonly number[]): string => sharedString(Buffer.from(bytes), 0, bytes.length);

describe('sharedString', () => {
  it('takes no bytes for a text that came in other bytes, whatever they have in common', () => {
    // All texts of one and two characters of Latin-1, so that every slot has been used.
    const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    const texts = characters.flatMap((first) => ['', ...characters].map((second) => first + second));
    for (const text of texts) {
      const bytes = Buffer.from(text);
      expect(sharedString(bytes, 0, bytes.length)).toBe(text);
      const other = Buffer.from(text, 'latin1');
      expect(sharedString(other, 0, other.length)).toBe(other.toString());
    }
  });

  it('reads what is no UTF-8 as Node does', () => {
    expect(textOf(0x61, 0xe9)).toBe('a\ufffd');
    expect(textOf(0x61, 0xe9)).toBe('a\ufffd');
    expect(textOf(0xed, 0xa0, 0x80)).toBe(Buffer.from([0xed, 0xa0, 0x80]).toString());
  });
});
