import { describe, expect, it } from 'vitest';
import { abandonedMark, parseRecord, parseRecordFile } from './record.ts';

const record = { bootId: 'b', startedAt: 5, resources: { cpus: 1, mem: 2, disk: 3 }, maximumRunSeconds: 9 };
const stat = `77 (sh) S ${'1 '.repeat(18)}4242 1 1`;
const head = `${stat}\n${JSON.stringify(record)}\n`;
const running = { kind: 'running', process: { pid: 77, startTime: '4242' }, record };

describe('parseRecordFile', () => {
  it('reads which process runs, and what it was started with', () => {
    expect(parseRecordFile(head)).toEqual(running);
  });

  it('reads the ports and the group of an attempt, if they are such', () => {
    const more = { ports: [31_000], group: ['a', 'b'] };
    expect(parseRecord(JSON.stringify({ ...record, ...more }))).toEqual({ ...record, ...more });
    expect(parseRecord(JSON.stringify({ ...record, ports: ['x'], group: [1] }))).toEqual(record);
  });

  it('reads the line of ps where there is no /proc', () => {
    const text = `77 Thu Jan  1 00:00:07 2026    \n${JSON.stringify(record)}\n`;
    expect(parseRecordFile(text)).toMatchObject({
      kind: 'running',
      process: { pid: 77, startTime: 'Thu Jan  1 00:00:07 2026' },
    });
  });

  it('reads how the command ended', () => {
    expect(parseRecordFile(`${head}status 3\n`)).toEqual({
      kind: 'ended',
      end: { kind: 'exited', status: 3 },
    });
    expect(parseRecordFile(`${head}status 137\n`)).toEqual({
      kind: 'ended',
      end: { kind: 'exited', status: 137 },
    });
    expect(parseRecordFile(`${head}Killed\nstatus 137\n`)).toEqual({
      kind: 'ended',
      end: { kind: 'signalled', signal: 9 },
    });
  });

  it('takes no part of a file for the whole', () => {
    const whole = `${head}status 0\n`;
    for (let length = 0; length < whole.length; length += 1) {
      const expected = length < head.length ? { kind: 'starting' } : running;
      expect(parseRecordFile(whole.slice(0, length))).toEqual(expected);
    }
  });

  it('knows the mark of an attempt that was given up', () => {
    expect(parseRecordFile(abandonedMark)).toEqual({ kind: 'abandoned' });
  });
});

describe('parseRecord', () => {
  it.each([
    'null',
    '{}',
    '"text"',
    '{"bootId":1,"startedAt":5,"resources":{"cpus":1,"mem":2,"disk":3}}',
    '{"bootId":"b","startedAt":5,"resources":{"cpus":-1,"mem":2,"disk":3}}',
    '{"bootId":"b","startedAt":5,"resources":{"cpus":1,"mem":2}}',
  ])('refuses %s', (line) => {
    expect(parseRecord(line)).toBeUndefined();
  });
});
