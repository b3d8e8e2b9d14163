import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { survive } from './standard-streams.ts';

class FakeStream extends EventEmitter {
  text = '';

  write(text: string): void {
    this.text += text;
  }
}

const fault = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });

describe('survive', () => {
  it('says nothing of a reader that has seen enough', () => {
    const [stdout, stderr] = [new FakeStream(), new FakeStream()];
    survive(stdout, stderr);
    stdout.emit('error', fault('EPIPE'));
    stderr.emit('error', fault('EIO'));
    expect(stderr.text).toBe('');
  });

  it('says once that stdout cannot be written', () => {
    const [stdout, stderr] = [new FakeStream(), new FakeStream()];
    survive(stdout, stderr);
    stdout.emit('error', fault('ENOSPC'));
    stdout.emit('error', fault('ENOSPC'));
    expect(stderr.text).toBe('galaxy-mesos: warning: stdout cannot be written: write ENOSPC\n');
  });
});
