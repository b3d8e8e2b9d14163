import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBytes, encodeName, type ListedEntry, nameSchema, readFileList, writeEntry } from './file-list.ts';

/** Names of any bytes that a file of Linux can have. */
const name = fc
  .array(
    fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .map(asBytes)
      .filter((part) => !/[/\0]/.test(part) && part !== '.' && part !== '..'),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join('/'));

const sha256 = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });

const entry: fc.Arbitrary<ListedEntry> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    name,
    size: fc.nat(),
    sha256,
    executable: fc.boolean(),
  }),
  fc.record({ type: fc.constant('directory' as const), name }),
  fc.record({ type: fc.constant('link' as const), name, target: name }),
);

describe('a list of files', () => {
  it('says what was written into it, whatever bytes names have, in lines of plain ASCII', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry), async (entries) => {
        const text = `${entries.map(writeEntry).join('')}done\n`;
        expect(text).toMatch(/^[\x20-\x7e\n]*$/);
        expect(await readFileList(text, entries.length)).toEqual(entries);
      }),
    );
  });

  it('is refused when its end is missing', async () => {
    for (const text of ['', 'd 755 - - a\n', 'done', 'd 755 - - a\nd 755 - - done\n']) {
      await expect(readFileList(text, 9)).rejects.toThrow('does not end with the line "done"');
    }
  });

  it.each([
    'f 644 1 abc a',
    `f 644 -1 ${'0'.repeat(64)} a`,
    `f 999 1 ${'0'.repeat(64)} a`,
    'd 755 - - ../a',
    'd 755 - - /a',
    'd 755 - - a//b',
    'd 755 - - a/%2e%2e/b',
    'd 755 - - a%00',
    'd 755 - - ä',
    'l - - ../../etc/passwd a',
    'x 1 2 3 4',
    'nonsense',
  ])('is refused with the line %j', async (line) => {
    await expect(readFileList(`d 755 - - fine\n${line}\ndone\n`, 2)).rejects.toThrow(
      'line 2 of the list of files: expected',
    );
  });

  it('is refused for more lines than may be, before any is looked at', async () => {
    await expect(readFileList('d 755 - - a\nnonsense\nd 755 - - b\ndone\n', 2)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });

  it('lets others be served while it is long', async () => {
    const text = `${'d 755 - - working/directory\n'.repeat(5_000)}done\n`;
    let turns = 0;
    let reading = true;
    const other = (): void => {
      turns += 1;
      if (reading) setImmediate(other);
    };
    setImmediate(other);
    expect(await readFileList(text, 5_000)).toHaveLength(5_000);
    reading = false;
    expect(turns).toBeGreaterThan(5);
  });

  it('never yields a name that leads elsewhere, whatever is sent', () => {
    const trap = fc.constantFrom('..', '.', '/', '%2e', '%2E%2e', '%2f', '%00', 'a', '%', '%zz');
    fc.assert(
      fc.property(
        fc.array(trap).map((parts) => parts.join('')),
        (sent) => {
          const { success, data = '' } = nameSchema.safeParse(sent);
          if (!success) return;
          expect(data.split('/')).not.toContain('..');
          expect(data.startsWith('/')).toBe(false);
          expect(data).not.toContain('\0');
          expect(nameSchema.parse(encodeName(data))).toBe(data);
        },
      ),
    );
  });
});
