import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws } from '../src/index.ts';
import { found, recorded } from './recorded.ts';

const sge = (name: string) => recorded('sge', name);

const claims: DialectClaims = {
  directive: '#$',
  extra: '#$ -l mem_free=1G',
  readBack: ({ input: text = '' }) => ({
    name: found(text, /^#\$ -N (\S+)$/m),
    log: found(text, /^#\$ -o (\S+)$/m),
    walltimeSeconds: Number(found(text, /^#\$ -l h_rt=(\d+)$/m)),
    cpus: Number(/^#\$ -pe smp (\d+)$/m.exec(text)?.[1] ?? 1),
    queue: found(text, /^#\$ -q (\S+)$/m),
    account: found(text, /^#\$ -P (\S+)$/m),
  }),
  accepted: [
    { ...sge('qsub-terse'), id: '5' },
    { ...sge('qsub-plain'), id: '2' },
  ],
  refused: [
    { ...sge('qsub-bad-queue'), kind: 'configuration' },
    { ...sge('qsub-bad-project'), kind: 'configuration' },
    { ...sge('qsub-verify-error'), kind: 'configuration' },
    { ...sge('qsub-qmaster-down'), kind: 'transient' },
  ],
  trials: [
    { ...sge('qsub-verify-ok'), kind: 'fine' },
    { ...sge('qsub-verify-bad'), kind: 'refused' },
  ],
  statuses: [{ ...sge('qstat-empty-xml'), states: {} }],
  noNews: [sge('qstat-qmaster-down'), sge('qstat'), sge('qhost-xml'), sge('qstat-nothing')],
  endings: [],
  told: [sge('qdel-running'), sge('qdel-pending'), sge('qdel-unknown')],
  notTold: [sge('qdel-qmaster-down')],
  silenceIsNoJob: false,
  showsItsEnd: true,
  statusOf: (jobs) => ({
    exitCode: 0,
    stdout: `<?xml version='1.0'?>\n<job_info>\n  <queue_info>\n  </queue_info>\n  <job_info>\n${jobs
      .map(
        ({ id, name, state }) =>
          `    <job_list state="${state === 'r' ? 'running' : 'pending'}">\n      <JB_job_number>${id}</JB_job_number>\n      <JB_name>${name}</JB_name>\n      <state>${state}</state>\n    </job_list>\n`,
      )
      .join('')}  </job_info>\n</job_info>\n`,
    stderr: '',
  }),
  states: { waiting: 'qw', running: 'r' },
  idOf: (number) => `${number}`,
};

describe('Grid Engine', () => {
  for (const { name, run } of dialectLaws(dialectNamed('sge'), claims)) it(name, run);
});
