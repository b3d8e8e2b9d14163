import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MesosError } from '../mesos-error.ts';
import { filePages, type PageReader, pageBytes, tailOf } from './files.ts';

/** A file as an agent gives it away: 64 KiB at most. */
class MemoryFile {
  content: Buffer | undefined;
  /** Called before each look; the argument counts looks from 1. */
  before: (look: number) => void = () => {};
  looks = 0;

  constructor(content: string | Buffer) {
    this.content = Buffer.from(content);
  }

  readonly read: PageReader = async (offset, length = pageBytes) => {
    this.before(++this.looks);
    if (!this.content) throw new MesosError('CALL_REFUSED', 'there is no such file', { status: 404 });
    const end = offset + Math.min(length, pageBytes);
    return { data: this.content.subarray(offset, end), size: this.content.length };
  };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const never = new AbortController().signal;
const quick = { pollMilliseconds: 1 };

describe('filePages', () => {
  it('adds up to the file, from any offset', async () => {
    const sizes = fc.integer({ min: 0, max: 3 * pageBytes });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (size, offset) => {
        const content = Buffer.alloc(size, 'galaxy');
        const pages = await collect(filePages(new MemoryFile(content).read, offset));
        expect(pages.equals(content.subarray(offset))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out what is added while it reads, so that it ends', async () => {
    const file = new MemoryFile(Buffer.alloc(pageBytes + 10));
    file.before = (look) => {
      if (look > 1) file.content = Buffer.alloc(look * 10 * pageBytes);
    };
    expect((await collect(filePages(file.read, 0))).length).toBe(pageBytes + 10);
  });

  it('ends where the file has become shorter', async () => {
    const file = new MemoryFile(Buffer.alloc(3 * pageBytes));
    file.before = (look) => {
      if (look === 2) file.content = Buffer.alloc(10);
    };
    expect((await collect(filePages(file.read, 0))).length).toBe(pageBytes);
  });
});

describe('tailOf', () => {
  it('takes all there is, then what is added', async () => {
    const file = new MemoryFile('one ');
    const pieces: string[] = [];
    for await (const piece of tailOf(file.read, quick, never)) {
      pieces.push(Buffer.from(piece).toString());
      if (pieces.length === 3) break;
      file.before = (look) => {
        if (look % 3 === 0)
          file.content = Buffer.concat([file.content ?? Buffer.alloc(0), Buffer.from('more ')]);
      };
    }
    expect(pieces.join('')).toBe('one more more ');
  });

  it.each([
    [0, ''],
    [3, 'two'],
    [100, 'one two'],
    [undefined, 'one two'],
  ])('begins %j bytes before the end', async (fromEnd, expected) => {
    const { read } = new MemoryFile('one two');
    const options = { follow: false, ...(fromEnd !== undefined && { fromEnd }) };
    expect((await collect(tailOf(read, options, never))).toString()).toBe(expected);
  });

  it('begins anew with a file that was cut', async () => {
    const file = new MemoryFile('a long first line');
    let text = '';
    for await (const piece of tailOf(file.read, quick, never)) {
      text += Buffer.from(piece).toString();
      if (text.endsWith('new')) break;
      file.content = Buffer.from('new');
    }
    expect(text).toBe('a long first linenew');
  });

  it('waits for a file that is away while it is rotated', async () => {
    const file = new MemoryFile('old');
    file.before = (look) => {
      if (look === 2) file.content = undefined;
      if (look === 4) file.content = Buffer.from('new one');
    };
    let text = '';
    for await (const piece of tailOf(file.read, quick, never)) {
      text += Buffer.from(piece).toString();
      if (text.length === 10) break;
    }
    expect(text).toBe('oldnew one');
  });

  it('fails with a file that never was, or that stays away', async () => {
    const missing = new MemoryFile('');
    missing.content = undefined;
    await expect(collect(tailOf(missing.read, quick, never))).rejects.toMatchObject({ status: 404 });
    expect(missing.looks).toBe(1);
    const removed = new MemoryFile('text');
    removed.before = (look) => {
      if (look === 2) removed.content = undefined;
    };
    await expect(collect(tailOf(removed.read, quick, never))).rejects.toMatchObject({ status: 404 });
  });

  it('ends its waiting when told to', async () => {
    const stop = new AbortController();
    const file = new MemoryFile('text');
    file.before = (look) => {
      if (look === 2) setImmediate(() => stop.abort());
    };
    const tail = tailOf(file.read, { pollMilliseconds: 1_000_000 }, stop.signal);
    await expect(collect(tail)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
