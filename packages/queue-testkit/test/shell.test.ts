import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws, type QueuedJob, type Sample } from '../src/index.ts';

const said = (title: string, stdout: string, exitCode = 0): Sample => ({
  title,
  answer: { exitCode, stdout, stderr: '' },
});
const complained = (title: string, stderr: string, exitCode = 1): Sample => ({
  title,
  answer: { exitCode, stdout: '', stderr: `${stderr}\n` },
});

const idOf = (number: number) => `${number}-123456@/work/pilots/p`;

const statusOf = (jobs: readonly QueuedJob[]) => ({
  exitCode: 0,
  stdout: `${jobs.map(({ id, name, state }) => `${state}||here|100|200|${name}|${id}\n`).join('')}complete\n`,
  stderr: '',
});

const claims: DialectClaims = {
  // Lines of the site's own are comments; the shell has no directives.
  extra: '#SBATCH --exclusive',
  readBack: ({ arguments: words }) => {
    const [name = '', , log = '', walltime] = words.slice(-5);
    return { name, log, walltimeSeconds: Number(walltime) };
  },
  accepted: [{ ...said('an id', `${idOf(4)}\n`), id: idOf(4) }],
  refused: [
    { ...complained('a disk is full', 'mkdir: No space left on device'), kind: 'transient' },
    { ...complained('a directory is not there', 'mkdir: Permission denied'), kind: 'configuration' },
  ],
  unclear: [complained('no record in time', 'not in time', 75)],
  inquiries: [
    {
      title: 'a machine that is big enough',
      answers: [said('its size', '16\n65837456 kB\n').answer],
      findings: { 'this machine': 'fine' },
    },
    {
      title: 'a small machine',
      answers: [said('its size', '2\n8137456 kB\n').answer],
      findings: { 'this machine': 'refused' },
    },
  ],
  statuses: [
    {
      title: 'jobs of several kinds',
      answer: statusOf([
        { id: idOf(1), name: 'gm-lab-a-a', state: 'running' },
        { id: idOf(2), name: 'gm-lab-a-b', state: 'walltime' },
      ]),
      states: { [idOf(1)]: 'running', [idOf(2)]: 'ended' },
    },
    { ...said('nobody', 'complete\n'), states: {} },
  ],
  noNews: [said('it did not come to its end', `running||here|100|200|gm-lab-a-a|${idOf(1)}\n`)],
  told: [said('it is told or gone', '')],
  notTold: [complained('it cannot be told', 'sh: cannot fork')],
  silenceIsNoJob: false,
  showsItsEnd: true,
  statusOf,
  states: { running: 'running' },
  idOf,
};

describe('the shell', () => {
  for (const { name, run } of dialectLaws(dialectNamed('shell'), claims)) it(name, run);
});
