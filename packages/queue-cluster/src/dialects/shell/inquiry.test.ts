import { execFileSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { request } from '../../../test-helpers/inquiries.ts';
import { inquiry } from './inquiry.ts';

describe('what this machine is asked of a batch job', () => {
  const [command] = inquiry(request).commands;
  const stdout = execFileSync(command?.program ?? '', command?.arguments ?? [], { encoding: 'utf8' });
  const answers = [{ exitCode: 0, stdout, stderr: '' }];

  it('is whether it is as big', () => {
    expect(inquiry({ ...request, cpus: 1, memMb: 1 }).judge(answers)).toMatchObject([
      { kind: 'fine', subject: 'this machine' },
    ]);
    const cpus = 1000 * availableParallelism();
    expect(inquiry({ ...request, cpus }).judge(answers)).toMatchObject([
      {
        kind: 'refused',
        problem: { text: expect.stringContaining(`asks for ${cpus} cores and 2048 MiB of memory`) },
      },
    ]);
    const memMb = 2 + totalmem() / 2 ** 20;
    expect(inquiry({ ...request, memMb }).judge(answers)).toMatchObject([{ kind: 'refused' }]);
  });
});
