import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws, type QueuedJob } from '../src/index.ts';
import { found, recorded, secondsOf } from './recorded.ts';

const pbs = (name: string) => recorded('pbs', name);

/** Written after documentation. */
const who = recorded('documented', 'id-lab').answer;
const server = recorded('documented', 'pbs-server').answer;

const statusOf = (jobs: readonly QueuedJob[]) => ({
  exitCode: 0,
  stdout: `{\n${[
    '\t"timestamp":\t1795367983',
    '\t"pbs_server":\t"localhost"',
    `\t"Jobs":\t{\n${jobs.map(jobText).join(',\n')}\n\t}`,
  ].join(',\n')}\n}\n`,
  stderr: '',
});

const jobText = ({ id, name, state }: QueuedJob): string =>
  `\t\t"${id}":\t{\n\t\t\t"Job_Name":\t"${name}",\n\t\t\t"job_state":\t"${state}",\n\t\t\t"queue":\t"workq"\n\t\t}`;

const claims: DialectClaims = {
  directive: '#PBS',
  extra: '#PBS -l place=excl',
  readBack: ({ input: text = '' }) => ({
    name: found(text, /^#PBS -N (\S+)$/m),
    log: found(text, /^#PBS -o (\S+)$/m),
    walltimeSeconds: secondsOf(found(text, /^#PBS -l walltime=(\S+)$/m)),
    cpus: Number(found(text, /^#PBS -l select=1:ncpus=(\d+)/m)),
    memMb: Number(found(text, /^#PBS -l select=1:.*:mem=(\d+)mb/m)),
    queue: found(text, /^#PBS -q (\S+)$/m),
    account: found(text, /^#PBS -A (\S+)$/m),
  }),
  accepted: [
    { ...pbs('qsub-plain'), id: '1.localhost' },
    { ...pbs('qsub-array'), id: '2[].localhost' },
    { ...pbs('qsub-big'), id: '8.localhost' },
  ],
  refused: [
    { ...pbs('qsub-bad-queue'), kind: 'configuration' },
    { ...pbs('qsub-disabled-queue'), kind: 'configuration' },
    { ...pbs('qsub-over-walltime'), kind: 'configuration' },
    { ...pbs('qsub-bad-option'), kind: 'configuration' },
    { ...pbs('down-qsub'), kind: 'transient' },
    {
      title: 'too many jobs of a user',
      answer: { ...pbs('qsub-max-queued').answer, stdout: '' },
      kind: 'limit',
    },
  ],
  unclear: [pbs('qsub-max-queued')],
  inquiries: [
    {
      title: 'the queues and the node of a real one',
      answers: [who, server, pbs('qstat-Q-json').answer, pbs('pbsnodes-json').answer],
      findings: { server: 'fine', 'queue workq': 'fine', nodes: 'fine' },
    },
    {
      title: 'more than a queue and a node have',
      request: { queue: 'short', cpus: 640 },
      answers: [who, server, pbs('qstat-Q-json').answer, pbs('pbsnodes-json').answer],
      findings: { server: 'fine', 'queue short': 'refused', nodes: 'refused' },
    },
    {
      title: 'the server is down',
      answers: [who, pbs('down-qstat').answer, pbs('down-qstat').answer, pbs('down-qstat').answer],
      findings: { server: 'refused', queue: 'refused', nodes: 'refused' },
    },
  ],
  statuses: [
    {
      ...pbs('qstat-json'),
      states: {
        '1.localhost': 'running',
        '2[].localhost': 'running',
        '5.localhost': 'held',
        '6.localhost': 'waiting',
        '8.localhost': 'waiting',
        '9.localhost': 'running',
        '10.localhost': 'running',
      },
    },
    { ...pbs('qstat-mixed'), states: { '1.localhost': 'running' } },
    { ...pbs('qstat-big'), states: { '8.localhost': 'waiting' } },
    { ...pbs('qstat-empty-json'), states: {} },
    { ...pbs('qstat-unknown'), states: {} },
    { ...pbs('nohist-gone'), states: {} },
  ],
  noNews: [pbs('down-qstat'), pbs('nohist-qstat-x'), pbs('qstat'), pbs('qstat-f'), pbs('qstat-dsv')],
  endings: [
    { ...pbs('qstat-walltime'), states: { '23.localhost': 'ended' } },
    { ...pbs('qstat-qdel-done'), states: { '10.localhost': 'ended' } },
    { ...pbs('qstat-finished-x'), states: { '3.localhost': 'ended' } },
    { ...pbs('qstat-dep'), states: { '7.localhost': 'ended' } },
  ],
  told: [pbs('qdel-running'), pbs('qdel-unknown'), pbs('qdel-finished')],
  notTold: [pbs('down-qdel')],
  silenceIsNoJob: false,
  showsItsEnd: true,
  statusOf,
  states: { waiting: 'Q', running: 'R' },
  idOf: (number) => `${number}.localhost`,
};

describe('PBS', () => {
  for (const { name, run } of dialectLaws(dialectNamed('pbs'), claims)) it(name, run);
});
