import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws, type QueuedJob, type Sample } from '../src/index.ts';
import { found, recorded } from './recorded.ts';

/** No LSF was to be had: answers are as its documentation shows them. */
const documented = (name: string) => recorded('documented', name).answer;
const said = (title: string, stdout: string): Sample => ({
  title,
  answer: { exitCode: 0, stdout, stderr: '' },
});
const complained = (title: string, stderr: string): Sample => ({
  title,
  answer: { exitCode: 255, stdout: '', stderr: `${stderr}\n` },
});

const statusOf = (jobs: readonly QueuedJob[]) => ({
  exitCode: 0,
  stdout: `${JSON.stringify(
    {
      COMMAND: 'bjobs',
      JOBS: jobs.length,
      RECORDS: jobs.map(({ id, name, state }) => ({ JOBID: id, JOBINDEX: '0', STAT: state, JOB_NAME: name })),
    },
    undefined,
    2,
  )}\n`,
  stderr: '',
});

const job = (id: string, state: string): QueuedJob => ({ id, name: 'gm-lab-a-b', state });

const claims: DialectClaims = {
  directive: '#BSUB',
  extra: '#BSUB -x',
  readBack: ({ input: text = '' }) => {
    const [hours, minutes] = found(text, /^#BSUB -W (\S+)$/m)
      .split(':')
      .map(Number);
    return {
      name: found(text, /^#BSUB -J (\S+)$/m),
      log: found(text, /^#BSUB -o (\S+)$/m),
      walltimeSeconds: (Number(hours) * 60 + Number(minutes)) * 60,
      cpus: Number(found(text, /^#BSUB -n (\d+)$/m)),
      memMb: Number(found(text, /rusage\[mem=(\d+)MB\]/)),
      queue: found(text, /^#BSUB -q (\S+)$/m),
      account: found(text, /^#BSUB -P (\S+)$/m),
    };
  },
  accepted: [
    { ...said('a default queue', 'Job <4711> is submitted to default queue <normal>.\n'), id: '4711' },
    {
      ...said(
        'LSF is late',
        'Cannot connect to LSF. Please wait ...\nJob <4711> is submitted to queue <short>.\n',
      ),
      id: '4711',
    },
  ],
  refused: [
    { ...complained('no such queue', 'rhel7: No such queue. Job not submitted.'), kind: 'configuration' },
    { ...complained('LSF is down', 'LSF is down. Please wait ...'), kind: 'transient' },
    { ...complained('too many jobs', 'Pending job threshold reached. Job not submitted.'), kind: 'limit' },
  ],
  unclear: [complained('no answer in time', 'Communication time out')],
  inquiries: [
    {
      title: 'a queue and hosts as documented',
      request: { queue: 'normal' },
      answers: ['id-lab', 'lsf-queues', 'lsf-batch-hosts', 'lsf-load-hosts'].map(documented),
      findings: { 'queue normal': 'fine', nodes: 'fine' },
    },
    {
      title: 'the queues that LSF takes by itself',
      request: { walltimeSeconds: 7200 },
      answers: ['id-lab', 'lsf-queues', 'lsf-batch-hosts', 'lsf-load-hosts', 'lsf-parameters'].map(
        documented,
      ),
      findings: { 'queue normal': 'fine', nodes: 'fine' },
    },
  ],
  statuses: [
    {
      title: 'jobs of several kinds',
      answer: statusOf([
        job('1', 'RUN'),
        job('2', 'PEND'),
        job('3', 'PSUSP'),
        job('4', 'DONE'),
        job('5', 'UNKWN'),
      ]),
      states: { '1': 'running', '2': 'waiting', '3': 'held', '4': 'ended', '5': 'unknown' },
    },
    { ...complained('nobody', 'No job found'), states: {} },
  ],
  noNews: [
    complained('LSF is down', 'LSF is down. Please wait ...'),
    said('it is a table', 'JOBID USER STAT\n'),
  ],
  told: [
    said('it is told', 'Job <4711> is being terminated\n'),
    complained('it is gone', 'Job <4711>: Job has already finished'),
  ],
  notTold: [complained('LSF is down', 'LSF is down. Please wait ...')],
  silenceIsNoJob: false,
  showsItsEnd: true,
  statusOf,
  states: { waiting: 'PEND', running: 'RUN' },
  idOf: (number) => `${number}`,
};

describe('LSF', () => {
  for (const { name, run } of dialectLaws(dialectNamed('lsf'), claims)) it(name, run);
});
