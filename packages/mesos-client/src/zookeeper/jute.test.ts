import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MesosError } from '../mesos-error.ts';
import { JuteReader, JuteWriter } from './jute.ts';

const anInt = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const aLong = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const aString = fc.string({ unit: 'grapheme' });

const malformed = expect.objectContaining({ code: 'MALFORMED_MESSAGE' });

describe('Jute', () => {
  it('reads back what was written', () => {
    const record = fc.record({
      int: anInt,
      long: aLong,
      boolean: fc.boolean(),
      bytes: fc.uint8Array(),
      string: aString,
      strings: fc.array(aString),
    });
    fc.assert(
      fc.property(record, (value) => {
        const writer = new JuteWriter().int(value.int).long(value.long).boolean(value.boolean);
        writer.bytes(value.bytes).string(value.string).int(value.strings.length);
        for (const string of value.strings) writer.string(string);
        const reader = new JuteReader(writer.finish());
        const read = {
          int: reader.int(),
          long: reader.long(),
          boolean: reader.boolean(),
          bytes: reader.bytes(),
          string: reader.string(),
          strings: reader.strings(),
        };
        reader.end();
        expect(read).toStrictEqual({ ...value, bytes: new Uint8Array(value.bytes) });
      }),
    );
  });

  it('takes null for empty', () => {
    const nulls = new JuteWriter().int(-1).int(-1).int(-1).finish();
    const reader = new JuteReader(nulls);
    expect([reader.bytes(), reader.string(), reader.strings()]).toStrictEqual([new Uint8Array(), '', []]);
  });

  it('fails in one way only, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        for (const method of ['int', 'long', 'boolean', 'bytes', 'string', 'strings', 'end'] as const) {
          try {
            new JuteReader(bytes)[method]();
          } catch (error) {
            expect(error).toBeInstanceOf(MesosError);
            expect(error).toStrictEqual(malformed);
          }
        }
      }),
    );
  });

  it.each<[string, Uint8Array, 'bytes' | 'string' | 'strings' | 'boolean' | 'int' | 'end']>([
    ['bytes that were cut', new JuteWriter().int(3).boolean(true).finish(), 'bytes'],
    ['a length below -1', new JuteWriter().int(-2).finish(), 'bytes'],
    ['a text that is not UTF-8', new JuteWriter().bytes(Uint8Array.of(0xc3)).finish(), 'string'],
    ['a list longer than the message', new JuteWriter().int(2 ** 31 - 1).finish(), 'strings'],
    ['a boolean of 2', Uint8Array.of(2), 'boolean'],
    ['half an integer', Uint8Array.of(0, 0), 'int'],
    ['bytes left over', Uint8Array.of(0), 'end'],
  ])('refuses %s', (_, bytes, method) => {
    expect(() => new JuteReader(bytes)[method]()).toThrow(malformed);
  });
});
