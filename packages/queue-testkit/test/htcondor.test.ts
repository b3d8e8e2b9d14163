import { dialectNamed } from '@galaxy-mesos/queue-cluster';
import { describe, it } from 'vitest';
import { type DialectClaims, dialectLaws } from '../src/index.ts';
import { found, recorded } from './recorded.ts';

const condor = (name: string) => recorded('htcondor', name);

const claims: DialectClaims = {
  extra: '+WantGlidein = True',
  queues: false,
  readBack: ({ input: text = '' }) => ({
    name: found(text, /^batch_name = (.*)$/m),
    log: found(text, /^output = (.*)$/m),
    walltimeSeconds: Number(found(text, /^\+PilotWalltime = (\d+)$/m)),
    cpus: Number(found(text, /^request_cpus = (\d+)$/m)),
    memMb: Number(found(text, /^request_memory = (\d+)MB$/m)),
    account: found(text, /^accounting_group = (.*)$/m),
  }),
  accepted: [
    { ...condor('submit-append'), id: '5.0' },
    { ...condor('submit-plain'), id: '1.0' },
    { ...condor('submit-typo'), id: '18.0' },
  ],
  refused: [
    { ...condor('submit-badcwd'), kind: 'configuration' },
    { ...condor('submit-syntax'), kind: 'configuration' },
    { ...condor('submit-baduni'), kind: 'configuration' },
    { ...condor('schedd-down-submit'), kind: 'transient' },
  ],
  unclear: [condor('submit-dry-run')],
  trials: [
    { ...condor('submit-dry-run'), kind: 'fine' },
    { ...condor('submit-baduni'), kind: 'refused' },
    { ...condor('schedd-down-submit'), kind: 'refused' },
  ],
  statuses: [
    { ...condor('condor-q-constraint'), states: { '1.0': 'running' } },
    {
      ...condor('condor-q-json-held'),
      states: { '1.0': 'held', '7.0': 'held', '8.0': 'held', '12.0': 'held' },
    },
    { ...condor('condor-q-nothing'), states: {} },
  ],
  noNews: [condor('schedd-down-q'), condor('condor-q'), condor('condor-q-af')],
  endings: [
    {
      ...condor('history-final-json'),
      states: {
        '9.0': 'ended',
        '18.0': 'ended',
        '11.0': 'ended',
        '2.3': 'ended',
        '2.2': 'ended',
        '5.0': 'ended',
        '3.1': 'ended',
        '3.0': 'ended',
        '2.1': 'ended',
        '2.0': 'ended',
        '4.0': 'ended',
        '3.2': 'ended',
        '10.0': 'ended',
        '6.0': 'ended',
      },
    },
    { ...condor('history-unknown'), states: {} },
  ],
  told: [condor('rm-running'), condor('rm-idle'), condor('rm-unknown')],
  notTold: [condor('schedd-down-rm')],
  silenceIsNoJob: true,
  showsItsEnd: true,
  statusOf: (jobs) => ({
    exitCode: 0,
    stdout: `[\n${jobs
      .map(({ id, name, state }) => {
        const [cluster, proc] = id.split('.').map(Number);
        const status = /^\d+$/.test(state) ? Number(state) : state;
        return JSON.stringify(
          { ClusterId: cluster, ProcId: proc, JobStatus: status, JobBatchName: name },
          null,
          2,
        );
      })
      .join('\n,\n')}\n]\n`,
    stderr: '',
  }),
  states: { waiting: '1', running: '2' },
  idOf: (number) => `${number}.0`,
};

describe('HTCondor', () => {
  for (const { name, run } of dialectLaws(dialectNamed('htcondor'), claims)) it(name, run);
});
