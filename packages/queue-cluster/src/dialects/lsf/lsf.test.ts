// No LSF was to be had: what it answers here is as its documentation shows it, and as others have published it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchJobReport, QueueAnswer, StatusOutcome } from '../dialect.ts';
import { lsf } from './index.ts';

const said = (stdout: string, exitCode: number | null = 0): QueueAnswer => ({ exitCode, stdout, stderr: '' });
const complained = (stderr: string, exitCode = 255): QueueAnswer => ({ exitCode, stdout: '', stderr });

const isDown = complained('LSF is down. Please wait ...\nLSF is down. Please wait ...\n');

describe('what LSF says to a submit', () => {
  it.each([
    'Job <4711> is submitted to default queue <normal>.\n',
    'Job <4711> is submitted to queue <short>.\n',
    'Cannot connect to LSF. Please wait ...\nJob <4711> is submitted to queue <short>.\n',
  ])('finds the id in %j', (stdout) => {
    expect(lsf.submitted(said(stdout))).toEqual({ kind: 'accepted', id: '4711' });
  });

  it.each([
    ['rhel7: No such queue. Job not submitted.', 'rhel7: No such queue. Job not submitted.', /bqueues/],
    [
      'User cannot use the queue. Job not submitted.',
      'User cannot use the queue. Job not submitted.',
      /bqueues/,
    ],
    [
      'Request from non-LSF host rejected. Job not submitted.',
      expect.stringContaining('non-LSF host'),
      /ssh/,
    ],
    ["RUNLIMIT: Cannot exceed queue's hard limit(s). Job not submitted.", expect.any(String), /bqueues -l/],
  ])('calls %j a mistake, and says what to do', (stderr, text, advice) => {
    expect(lsf.submitted(complained(`${stderr}\n`))).toEqual({
      kind: 'refused',
      problem: { kind: 'configuration', text, advice: expect.stringMatching(advice) },
    });
  });

  it('calls it a mistake that a refusal came with exit code 0', () => {
    const refusal = 'Bad argument for option -n. Job not submitted.\n';
    expect(lsf.submitted(said(refusal))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration' },
    });
  });

  it('waits where LSF does not answer, and where the user has too many jobs', () => {
    expect(lsf.submitted(isDown)).toMatchObject({ kind: 'refused', problem: { kind: 'transient' } });
    const limit = complained('Pending job threshold reached. Job not submitted.\n');
    expect(lsf.submitted(limit)).toMatchObject({ kind: 'refused', problem: { kind: 'limit' } });
  });

  it('does not know of a job whose submit was ended, or of which LSF said nothing that is understood', () => {
    for (const answer of [
      said('', null),
      said(''),
      said('hello'),
      said('Job <1> is submitted to queue <a>.\n', null),
      complained('Communication time out'),
    ])
      expect(lsf.submitted(answer).kind).toBe('unclear');
  });

  it('has an outcome for every answer', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 0, max: 255 })),
        fc.string(),
        fc.string(),
        (exitCode, stdout, stderr) => {
          expect(['refused', 'unclear']).toContain(lsf.submitted({ exitCode, stdout, stderr }).kind);
        },
      ),
    );
  });
});

type Fields = Readonly<Record<string, string>>;
const listOf = (...records: readonly Fields[]): string =>
  `${JSON.stringify({ COMMAND: 'bjobs', JOBS: records.length, RECORDS: records }, undefined, 2)}\n`;

const job: Fields = {
  JOBID: '806290',
  JOBINDEX: '0',
  STAT: 'RUN',
  JOB_NAME: 'gm-a-small-abcdefgh',
  EXIT_CODE: '',
  EXIT_REASON: '',
  PEND_REASON: '',
  EXEC_HOST: '4*tbi-cn019:tbi-cn020',
};

function known(outcome: StatusOutcome): readonly BatchJobReport[] {
  if (outcome.kind !== 'known') throw new Error(`no news: ${outcome.text}`);
  return outcome.batchJobs;
}

const stateOf = (fields: Fields) => known(lsf.statuses(said(listOf({ ...job, ...fields }))))[0]?.state;

describe('the status of jobs of LSF', () => {
  it('tells name and host', () => {
    expect(known(lsf.statuses(said(listOf(job))))).toEqual([
      { id: '806290', name: 'gm-a-small-abcdefgh', state: { kind: 'running', node: 'tbi-cn019' } },
    ]);
  });

  it.each([
    [
      { STAT: 'PEND', PEND_REASON: 'New job is waiting for scheduling;' },
      { kind: 'waiting', reason: 'New job is waiting for scheduling' },
    ],
    [{ STAT: 'WAIT' }, { kind: 'waiting' }],
    [{ STAT: 'PSUSP' }, { kind: 'held', advice: expect.stringContaining('bresume') }],
    [{ STAT: 'USUSP' }, { kind: 'running', node: 'tbi-cn019', isSuspended: true }],
    [
      { STAT: 'SSUSP', EXEC_HOST: '' },
      { kind: 'running', isSuspended: true },
    ],
    [{ STAT: 'UNKWN' }, { kind: 'unknown', text: 'UNKWN' }],
    [{ STAT: 'constructor' }, { kind: 'unknown', text: 'constructor' }],
    [{ STAT: 'DONE' }, { kind: 'ended', how: 'completed', exitCode: 0, node: 'tbi-cn019' }],
    [
      { STAT: 'EXIT', EXIT_CODE: '3' },
      { kind: 'ended', how: 'failed', exitCode: 3, node: 'tbi-cn019' },
    ],
    [{ STAT: 'ZOMBI' }, { kind: 'ended', how: 'node-failed', node: 'tbi-cn019' }],
  ])('takes %j for what it is', (fields, state) => {
    expect(stateOf(fields)).toEqual(state);
  });

  it.each([
    ['TERM_RUNLIMIT: job killed after reaching LSF run time limit', 'walltime'],
    ['TERM_OWNER: job killed by owner', 'cancelled'],
    ['TERM_MEMLIMIT: job killed after reaching LSF memory usage limit', 'out-of-memory'],
    ['TERM_PREEMPT: job killed after preemption', 'preempted'],
    ['TERM_ZOMBIE: job exited while LSF is not available', 'node-failed'],
    ['TERM_CWD_NOTEXIST: current working directory is not accessible', 'failed'],
    ['-', 'failed'],
  ])('knows that %j is %s', (reason, how) => {
    expect(stateOf({ STAT: 'EXIT', EXIT_CODE: '130', EXIT_REASON: reason })).toMatchObject({
      kind: 'ended',
      how,
    });
  });

  it('tells no name that was cut, no element of an array, and nothing that is not there', () => {
    expect(known(lsf.statuses(said(listOf({ ...job, JOB_NAME: '*-abcdefgh' }))))[0]).not.toHaveProperty(
      'name',
    );
    const error = { JOBID: '4', ERROR: 'Job <4> is not found' };
    expect(known(lsf.statuses(said(listOf({ ...job, JOBINDEX: '2' }, error))))).toEqual([]);
  });

  it('reads the list below lines about waiting for LSF', () => {
    const waiting = 'Cannot connect to LSF. Please wait ...\n'.repeat(2);
    expect(known(lsf.statuses(said(waiting + listOf(job))))).toHaveLength(1);
  });

  it('knows that nothing is there', () => {
    expect(known(lsf.statuses(said(listOf())))).toEqual([]);
    expect(known(lsf.statuses(complained('No unfinished job found\n')))).toEqual([]);
    expect(known(lsf.statuses(complained('No job found\n')))).toEqual([]);
  });

  it('has no news in an answer that is empty, cut off, or of a command that failed or was ended', () => {
    const list = listOf(job);
    for (const answer of [
      said(''),
      isDown,
      said(list, null),
      said(list, 255),
      said('JOBID USER STAT\n'),
      said('{}'),
    ])
      expect(lsf.statuses(answer).kind).toBe('no-news');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: list.length - 2 }), (end) => {
        expect(lsf.statuses(said(list.slice(0, end))).kind).toBe('no-news');
      }),
    );
  });

  it('has no news in any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(lsf.statuses(said(text)).kind).toBe('no-news')));
  });

  it('asks once for all of a user, with those that have ended', () => {
    const { program, arguments: words } = lsf.status({ user: 'lab', ids: [], namePrefix: 'gm-a-' });
    expect([program, ...words.slice(0, 4)]).toEqual(['bjobs', '-a', '-u', 'lab', '-json']);
  });
});

describe('cancelling jobs of LSF', () => {
  it('signals those that are to stop, and kills the others', () => {
    expect(lsf.stop(['1', '2'])).toEqual({ program: 'bkill', arguments: ['-s', 'USR2', '1', '2'] });
    expect(lsf.cancel(['1', '2'])).toEqual({ program: 'bkill', arguments: ['1', '2'] });
  });

  it('does not mind that some are gone', () => {
    const mixed =
      'Job <1> is being terminated\nJob <2>: Job has already finished\nJob <3>: No matching job found\n';
    expect(lsf.cancelled(said(mixed, 255))).toEqual({ kind: 'told' });
    expect(lsf.cancelled(said('Job <1> is being signaled\n'))).toEqual({ kind: 'told' });
  });

  it('has told nobody where LSF does not answer, refuses, or was not waited for', () => {
    const refused = said('Job <1>: User permission denied\n', 255);
    for (const answer of [isDown, refused, said('', null), said('', 255)])
      expect(lsf.cancelled(answer).kind).toBe('no-news');
  });
});

describe('what doctor has LSF say', () => {
  const [client] = lsf.probes({});

  it('tells version and cluster', () => {
    const lsid =
      'IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2021\n\nMy cluster name is farm\nMy master name is m1\n';
    expect(client?.judge(said(lsid))).toEqual({
      state: 'ok',
      text: 'IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2021, cluster farm',
    });
    expect(client?.judge(complained('lsid: LIM is down; try later\n'))).toEqual({
      state: 'problem',
      text: expect.stringContaining('LIM is down'),
    });
  });
});
