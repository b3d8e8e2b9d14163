import {
  type BatchJobRequest,
  type Dialect,
  dialectNamed,
  type QueueAnswer,
  type QueueCommand,
} from '@galaxy-mesos/queue-cluster';
import { describe, expect, it } from 'vitest';
import { askingOnce, tryBatchJob } from './try-batch-job.ts';

const request: BatchJobRequest = {
  name: 'gm-lab-main-abcdefgh',
  script: '#!/bin/bash\ntrue\n',
  directory: '/work/p',
  log: '/work/p/log',
  cpus: 1,
  memMb: 1024,
  gpus: 0,
  walltimeSeconds: 3600,
  warningSeconds: 60,
  extra: [],
  excludedNodes: [],
};
const answer = (stdout: string, exitCode = 0): QueueAnswer => ({ exitCode, stdout, stderr: '' });

describe('tryBatchJob', () => {
  it('has the queue try it, where it can', async () => {
    const asked: string[] = [];
    const ask = async ({ program }: QueueCommand) => {
      asked.push(program);
      return answer('JobUniverse=5\n');
    };
    expect(await tryBatchJob(dialectNamed('htcondor'), request, ask)).toEqual([
      { subject: 'trial', kind: 'fine' },
    ]);
    expect(asked).toEqual(['condor_submit']);
  });

  it('asks for queues and nodes, where it cannot', async () => {
    const findings = await tryBatchJob(
      dialectNamed('pbs'),
      { ...request, queue: 'short' },
      async ({ program }) =>
        program === 'id' ? answer('uid=7(ann) gid=7(ann) groups=7(ann)\n') : answer('', 1),
    );
    expect(findings.map(({ subject, kind }) => [subject, kind])).toEqual([
      ['server', 'unclear'],
      ['queue short', 'unclear'],
      ['nodes', 'unclear'],
    ]);
  });

  it('finds nothing where neither can be done', async () => {
    const { inquiry, ...silent } = dialectNamed('pbs');
    expect(inquiry).toBeDefined();
    expect(await tryBatchJob(silent satisfies Dialect, request, async () => answer(''))).toEqual([]);
  });
});

describe('askingOnce', () => {
  it('gives the same answer to the same question, and asks others', async () => {
    let count = 0;
    const ask = askingOnce(async ({ program }) => answer(`${program} ${++count}`));
    const said = (program: string) => ask({ program, arguments: [] });
    expect(
      (await Promise.all([said('qstat'), said('id'), said('qstat')])).map(({ stdout }) => stdout),
    ).toEqual(['qstat 1', 'id 2', 'qstat 1']);
  });
});
