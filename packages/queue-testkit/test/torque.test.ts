import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws, type QueuedJob } from '../src/index.ts';
import { found, recorded, secondsOf } from './recorded.ts';

const documented = (name: string) => recorded('documented', name).answer;
const pbs = (name: string) => recorded('pbs', name);

/** As the documentation of Torque has it; refusals are those of PBS, from which it comes. */
const statusOf = (jobs: readonly QueuedJob[], fields = '') => ({
  exitCode: 0,
  stdout: `<?xml version="1.0" encoding="UTF-8"?>\n<Data>${jobs
    .map(
      ({ id, name, state }) =>
        `<Job><Job_Id>${id}</Job_Id><Job_Name>${name}</Job_Name><job_state>${state}</job_state>${fields}</Job>`,
    )
    .join('')}</Data>\n`,
  stderr: '',
});

const job = (state: string): QueuedJob => ({ id: '7.host', name: 'gm-lab-a-b', state });

const claims: DialectClaims = {
  directive: '#PBS',
  extra: '#PBS -n',
  readBack: ({ input: text = '' }) => ({
    name: found(text, /^#PBS -N (\S+)$/m),
    log: found(text, /^#PBS -o (\S+)$/m),
    walltimeSeconds: secondsOf(found(text, /^#PBS -l walltime=(\S+)$/m)),
    cpus: Number(found(text, /^#PBS -l nodes=1:ppn=(\d+)/m)),
    memMb: Number(found(text, /^#PBS -l mem=(\d+)mb$/m)),
    queue: found(text, /^#PBS -q (\S+)$/m),
    account: found(text, /^#PBS -A (\S+)$/m),
  }),
  accepted: [{ ...pbs('qsub-plain'), id: '1.localhost' }],
  refused: [
    { ...pbs('qsub-bad-queue'), kind: 'configuration' },
    { ...pbs('down-qsub'), kind: 'transient' },
  ],
  inquiries: [
    {
      title: 'a queue and nodes as documented',
      answers: ['id-lab', 'torque-server', 'torque-queues', 'torque-nodes'].map(documented),
      findings: { server: 'fine', 'queue batch': 'fine', nodes: 'fine' },
    },
    {
      title: 'a queue that is closed',
      request: { queue: 'closed' },
      answers: ['id-lab', 'torque-server', 'torque-queues', 'torque-nodes'].map(documented),
      findings: { server: 'fine', 'queue closed': 'refused', nodes: 'fine' },
    },
  ],
  statuses: [
    { title: 'one that runs', answer: statusOf([job('R')]), states: { '7.host': 'running' } },
    {
      title: 'one that has ended',
      answer: statusOf([job('C')], '<exit_status>271</exit_status>'),
      states: { '7.host': 'ended' },
    },
    { title: 'one that is held', answer: statusOf([job('H')]), states: { '7.host': 'held' } },
  ],
  noNews: [{ title: 'the server is down', answer: { ...pbs('down-qstat').answer, stdout: '' } }],
  told: [pbs('qdel-running'), pbs('qdel-unknown')],
  notTold: [pbs('down-qdel')],
  silenceIsNoJob: false,
  showsItsEnd: true,
  statusOf,
  states: { waiting: 'Q', running: 'R' },
  idOf: (number) => `${number}.host`,
};

describe('Torque', () => {
  for (const { name, run } of dialectLaws(dialectNamed('torque'), claims)) it(name, run);
});
