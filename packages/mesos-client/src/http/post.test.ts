import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Response, readWords } from './post.ts';

const answerOf = (body: Readable): Response => ({ body }) as unknown as Response;

describe('the words of a refusal', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are read, however they come in chunks', async () => {
    const bytes = Buffer.from('größer');
    const body = Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]);
    expect(await readWords(answerOf(body))).toBe('größer');
  });

  it('are as many as came where the rest is lost', async () => {
    const body = new Readable({ read() {} });
    body.push('No leader');
    setImmediate(() => body.destroy(new Error('reset')));
    expect(await readWords(answerOf(body))).toBe('No leader');
  });

  it('are no more than anybody would read, of a body without end', async () => {
    const body = new Readable({
      read() {
        this.push(Buffer.alloc(10_000, 'a'));
      },
    });
    expect(await readWords(answerOf(body))).toHaveLength(16 * 1024);
    expect(body.destroyed).toBe(true);
  });

  it('are waited for no longer than a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const body = new Readable({ read() {} });
    body.push('half');
    const words = readWords(answerOf(body));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await words).toBe('half');
    expect(body.destroyed).toBe(true);
  });
});
