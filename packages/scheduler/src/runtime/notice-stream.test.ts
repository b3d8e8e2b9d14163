import { describe, expect, test } from 'vitest';
import type { SchedulerNotice } from './notice.ts';
import { NoticeStream, type StreamedNotice } from './notice-stream.ts';

const notice = (message: string): SchedulerNotice => ({ type: 'disconnected', message });

async function readAll(stream: NoticeStream): Promise<StreamedNotice[]> {
  const read: StreamedNotice[] = [];
  for await (const one of stream) read.push(one);
  return read;
}

describe('NoticeStream', () => {
  test('yields all notices in order, those that come while the reader waits and those that came before', async () => {
    const stream = new NoticeStream(10, () => {});
    stream.push(notice('first'));
    const reading = readAll(stream);
    await Promise.resolve();
    stream.push(notice('second'));
    stream.end();
    expect(await reading).toEqual([notice('first'), notice('second')]);
  });

  test('a reader that is too slow is told how many it missed', async () => {
    const stream = new NoticeStream(2, () => {});
    for (const name of ['a', 'b', 'c', 'd']) stream.push(notice(name));
    stream.end();
    expect(await readAll(stream)).toEqual([{ type: 'missed', notices: 2 }, notice('c'), notice('d')]);
  });

  test('a reader that leaves is told of nothing more', async () => {
    let ends = 0;
    const stream = new NoticeStream(2, () => void ends++);
    stream.push(notice('a'));
    for await (const _one of stream) break;
    stream.push(notice('b'));
    expect(await readAll(stream)).toEqual([]);
    expect(ends).toBe(1);
  });
});
