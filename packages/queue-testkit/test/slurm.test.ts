import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws, type Sample } from '../src/index.ts';
import { found, recorded, secondsOf } from './recorded.ts';

const slurm = (name: string) => recorded('slurm-22.05', name);

/** The recordings have more columns than the dialect asks for: id, state, reason, nodes, start, end and name are taken. */
function asked(name: string): Sample {
  const { title, answer } = slurm(name);
  const rows = answer.stdout.split('\n').filter((row) => row !== '');
  const lines = rows.map((row) => [0, 4, 5, 6, 7, 8, 14].map((column) => row.split('|')[column]).join('|'));
  return { title, answer: { ...answer, stdout: lines.map((line) => `${line}\n`).join('') } };
}

const claims: DialectClaims = {
  directive: '#SBATCH',
  extra: '#SBATCH --exclusive',
  readBack: ({ input: text = '' }) => ({
    name: found(text, /^#SBATCH --job-name=(\S+)$/m),
    log: found(text, /^#SBATCH --output=(\S+)$/m),
    walltimeSeconds: secondsOf(found(text, /^#SBATCH --time=(\S+)$/m)),
    cpus: Number(found(text, /^#SBATCH --cpus-per-task=(\d+)$/m)),
    memMb: Number(found(text, /^#SBATCH --mem=(\d+)M$/m)),
    queue: found(text, /^#SBATCH --partition=(\S+)$/m),
    account: found(text, /^#SBATCH --account=(\S+)$/m),
  }),
  accepted: [
    { ...slurm('sbatch-parsable'), id: '4' },
    { ...slurm('sbatch-plain'), id: '3' },
  ],
  refused: [
    { ...slurm('sbatch-bad-partition'), kind: 'configuration' },
    { ...slurm('sbatch-over-time'), kind: 'configuration' },
    { ...slurm('acct-sbatch-bad-account'), kind: 'configuration' },
    { ...slurm('sbatch-ctld-down'), kind: 'transient' },
  ],
  trials: [
    { ...slurm('sbatch-test-only'), kind: 'fine' },
    { ...slurm('sbatch-test-only-bad'), kind: 'refused' },
  ],
  statuses: [
    { ...asked('squeue-after-restart'), states: { '24': 'ended' } },
    { ...asked('squeue-nodefail'), states: { '25': 'ended', '26': 'waiting' } },
  ],
  noNews: [slurm('squeue-o-ctld-down'), slurm('squeue-default'), slurm('squeue-ctld-down')],
  endings: [],
  told: [
    { title: 'nothing is said', answer: { exitCode: 0, stdout: '', stderr: '' } },
    slurm('scancel-unknown'),
    slurm('scancel-again'),
  ],
  notTold: [slurm('scancel-ctld-down')],
  silenceIsNoJob: true,
  showsItsEnd: false,
  statusOf: (jobs) => ({
    exitCode: 0,
    stdout: jobs.map(({ id, name, state }) => `${id}|${state}|None||N/A|N/A|${name}\n`).join(''),
    stderr: '',
  }),
  states: { waiting: 'PENDING', running: 'RUNNING' },
  idOf: (number) => `${number}`,
};

describe('Slurm', () => {
  for (const { name, run } of dialectLaws(dialectNamed('slurm'), claims)) it(name, run);
});
