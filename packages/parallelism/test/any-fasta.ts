import fc from 'fast-check';

const line = fc.string({
  unit: fc.constantFrom('A', 'c', 'n', '>', ' ', '*', '\t', '\xe9', '\xff'),
  maxLength: 10,
});

/**
 * FASTA of all kinds, one character for each byte (latin1): LF or CRLF, blank lines before the first record and
 * anywhere else, empty records, ">" within lines, bytes beyond ASCII, with and without a final line end.
 */
export const anyFasta: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom('', ' ', '\t'), { maxLength: 3 }),
    fc.array(fc.oneof(line, fc.constant('>'), fc.constant('')), { maxLength: 40, size: 'max' }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([blanks, lines, end, closed]) => [...blanks, '>one', ...lines].join(end) + (closed ? end : ''));

const anyCount = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 100 }));

/** What a user may ask the strategy `records` for. */
export const anyHow: fc.Arbitrary<{ size: number } | { parts: number }> = fc.oneof(
  anyCount.map((size) => ({ size })),
  anyCount.map((parts) => ({ parts })),
);
