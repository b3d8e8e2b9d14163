import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import { sge } from './index.ts';

describe('cancelling jobs of Grid Engine', () => {
  it('names them all in one command', () => {
    expect(sge.cancel(['7', '8'])).toEqual({ program: 'qdel', arguments: ['7', '8'] });
  });

  it.each(['qdel-pending', 'qdel-held', 'qdel-error', 'qdel-running', 'qdel-execd-down', 'qdel-f'])(
    'has told those of %s',
    (name) => {
      expect(sge.cancelled(recording('sge', name))).toEqual({ kind: 'told' });
    },
  );

  it.each(['qdel-unknown', 'qdel-list'])('does not mind that some are gone, as in %s', (name) => {
    expect(recording('sge', name).exitCode).toBe(1);
    expect(sge.cancelled(recording('sge', name))).toEqual({ kind: 'told' });
  });

  it('has told one whose execd was lost a moment ago, which hears of it later', () => {
    const stdout =
      'root has registered the job 2 for deletion\nroot unable to sync state with remote execd for the deletion of job "1"\n';
    expect(sge.cancelled({ exitCode: 0, stdout, stderr: '' })).toEqual({ kind: 'told' });
  });

  it('has told nobody where the qmaster does not answer', () => {
    expect(sge.cancelled(recording('sge', 'qdel-qmaster-down'))).toEqual({
      kind: 'no-news',
      text: expect.stringContaining('Connection refused'),
    });
  });

  it('has told nobody where the command was ended, failed without a word, or said something else', () => {
    const { stdout } = recording('sge', 'qdel-pending');
    expect(sge.cancelled({ exitCode: null, stdout, stderr: '' }).kind).toBe('no-news');
    expect(sge.cancelled({ exitCode: 1, stdout: '', stderr: '' }).kind).toBe('no-news');
    const denied = `${stdout}denied: client is not allowed to delete job 7\n`;
    expect(sge.cancelled({ exitCode: 1, stdout: denied, stderr: '' })).toMatchObject({
      kind: 'no-news',
      text: expect.stringContaining('not allowed'),
    });
  });
});
