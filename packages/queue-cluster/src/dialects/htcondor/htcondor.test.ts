import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import type { BatchJobRequest, BatchJobState, QueueAnswer } from '../dialect.ts';
import { htcondor } from './index.ts';

const request: BatchJobRequest = {
  name: 'gm-lab-small-abcdefgh',
  script: '#!/bin/bash\necho pilot\n',
  directory: '/work/pilots/gm-lab-small-abcdefgh',
  log: '/work/pilots/gm-lab-small-abcdefgh/log',
  cpus: 2,
  memMb: 500,
  gpus: 0,
  walltimeSeconds: 5400,
  warningSeconds: 60,
  extra: [],
  excludedNodes: [],
};

const recorded = (name: string) => recording('htcondor', name);
const answered = (answer: Partial<QueueAnswer>): QueueAnswer => ({
  exitCode: 0,
  stdout: '',
  stderr: '',
  ...answer,
});

function statesOf(answer: QueueAnswer, parse = htcondor.statuses): Record<string, BatchJobState> {
  const outcome = parse(answer);
  if (outcome.kind !== 'known') throw new Error(outcome.text);
  return Object.fromEntries(outcome.batchJobs.map(({ id, state }) => [id, state]));
}

describe('a job for HTCondor', () => {
  it('is a description of how to run the script', () => {
    const full = {
      ...request,
      account: 'group_lab',
      gpus: 1,
      excludedNodes: ['n1'],
      extra: ['+WantX = True'],
    };
    expect(htcondor.render(full)).toMatchInlineSnapshot(`
      "universe = vanilla
      executable = /bin/bash
      transfer_executable = False
      arguments = "'/work/pilots/gm-lab-small-abcdefgh/script'"
      batch_name = gm-lab-small-abcdefgh
      initialdir = /work/pilots/gm-lab-small-abcdefgh
      output = /work/pilots/gm-lab-small-abcdefgh/log
      error = /work/pilots/gm-lab-small-abcdefgh/log
      should_transfer_files = NO
      request_cpus = 2
      request_memory = 500MB
      request_gpus = 1
      accounting_group = group_lab
      +PilotWalltime = 5400
      periodic_remove = (JobStatus == 2 && time() - JobCurrentStartDate > PilotWalltime) || (JobStatus == 1 && NumJobStarts > 0) || NumJobStarts > 1
      requirements = (MY.NumJobStarts == 0) && (TARGET.Machine != "n1")
      job_max_vacate_time = 30
      notification = Never
      +WantX = True
      queue
      "
    `);
  });

  it.each([
    ['a queue', { queue: 'main' }, 'HTCondor has no queues'],
    ['a macro in a path', { directory: '/work/$ENV(HOME)' }, 'the directory'],
    ['a statement among the extra lines', { extra: ['queue 100'] }, 'is none of HTCondor'],
    ['another name', { extra: ['batch_name = other'] }, 'names the job, by which name it is looked for'],
    ['another name as an attribute', { extra: ['+JobBatchName = "other"'] }, 'names the job'],
    ['an included command', { extra: ['include command : touch x'] }, 'is none of HTCondor'],
    ['a line that takes the next one with it', { extra: ['+A = 1 \\'] }, 'is none of HTCondor'],
    ['a node that is an expression', { excludedNodes: ['n1" || "x'] }, 'the node'],
  ])('is refused with %s', (_, change, text) => {
    expect(() => htcondor.render({ ...request, ...change })).toThrow(text);
  });
});

describe('what condor_submit answers', () => {
  it.each([
    ['submit-append', '5.0'],
    ['submit-terse-array', '2.0'],
    ['submit-plain', '1.0'],
    ['submit-typo', '18.0'],
    ['submit-badout', '12.0'],
  ])('%s is a job', (name, id) => {
    expect(htcondor.submitted(recorded(name))).toEqual({ kind: 'accepted', id });
  });

  it.each([
    ['submit-badcwd', 'configuration', 'ERROR: No such directory: /nonexistent/dir'],
    ['submit-baduni', 'configuration', "ERROR: I don't know about the 'nosuch' universe."],
    ['submit-noexe', 'configuration', 'ERROR: Executable file /nonexistent/x does not exist'],
    ['submit-missing', 'configuration', 'Failed to open command file'],
    ['submit-noqueue', 'configuration', 'no queue statement'],
    ['submit-syntax', 'configuration', 'on Line 2 of submit file'],
    ['submit-badreq', 'configuration', 'Parse error in expression'],
    ['schedd-down-submit', 'transient', "ERROR: Can't find address of local schedd"],
  ])('%s is a refusal', (name, kind, text) => {
    expect(htcondor.submitted(recorded(name))).toMatchObject({
      kind: 'refused',
      problem: { kind, text: expect.stringContaining(text) },
    });
  });

  it('is a limit where the user has as many jobs as may be', () => {
    const stderr = 'ERROR: Failed to create proc\nNumber of submitted jobs would exceed MAX_JOBS_PER_OWNER\n';
    expect(htcondor.submitted(answered({ exitCode: 1, stderr }))).toMatchObject({
      problem: { kind: 'limit' },
    });
  });

  it.each([
    ['no id', recorded('submit-dry-run')],
    [
      'a connection that was lost',
      answered({ exitCode: 1, stderr: 'ERROR: Failed to commit job submission\n' }),
    ],
  ])('is unclear with %s', (_, answer) => {
    expect(htcondor.submitted(answer).kind).toBe('unclear');
  });
});

describe('what condor_q answers', () => {
  it('tells the jobs that are there', () => {
    const states = statesOf(recorded('condor-q-json-attrs'));
    expect(states['1.0']).toEqual({ kind: 'running', node: 'localhost', startedAt: 1_795_366_826_000 });
    expect(states['5.0']).toEqual({ kind: 'waiting' });
    expect(states['7.0']).toMatchObject({ kind: 'held', reason: "submitted on hold at user's request" });
    expect(Object.keys(states)).toHaveLength(17);
  });

  it('tells until when a job runs, and why one waits', () => {
    const answer = recorded('condor-q-json');
    const stdout = answer.stdout.replace('"AllowedExecuteDuration": 30', '"PilotWalltime": 30');
    const states = statesOf({ ...answer, stdout });
    expect(states['1.0']).toMatchObject({ kind: 'running', endsAt: 1_795_366_856_000 });
    expect(Object.values(states)).toContainEqual({
      kind: 'waiting',
      reason: 'no match found',
      advice: expect.stringContaining('condor_q -better-analyze'),
    });
  });

  it('tells why jobs are held, and what to do', () => {
    expect(statesOf(recorded('condor-q-json-held'))).toMatchObject({
      '1.0': { kind: 'held', advice: 'its walltime is over: `condor_rm` removes it' },
      '8.0': { kind: 'held', reason: 'The job exceeded allowed job duration of 00:12' },
      '12.0': {
        kind: 'held',
        advice: expect.stringContaining('must be on a file system that the nodes share'),
      },
    });
  });

  it('tells names whole', () => {
    expect(htcondor.statuses(recorded('condor-q-json-attrs'))).toMatchObject({
      batchJobs: expect.arrayContaining([expect.objectContaining({ id: '1.0', name: 'qcl:cluster-a' })]),
    });
  });

  it.each(['condor-q-nothing', 'condor-q-unknown'])('%s is that there is no job', (name) => {
    expect(htcondor.statuses(recorded(name))).toEqual({ kind: 'known', batchJobs: [] });
  });

  it.each([
    ['the schedd is down', recorded('schedd-down-q')],
    ['it is a table', recorded('condor-q')],
    ['it was ended', { ...recorded('condor-q-json'), exitCode: null }],
    ['only an error is printed', answered({ stderr: 'Error: timeout\n' })],
  ])('is no news where %s', (_, answer) => {
    expect(htcondor.statuses(answer).kind).toBe('no-news');
  });

  it('is asked for the jobs of one user whose names begin so, quoted for ClassAds', () => {
    const { arguments: words } = htcondor.status({ user: 'o"x\\', ids: [], namePrefix: 'gm-lab-' });
    expect(words.at(-1)).toBe('Owner == "o\\"x\\\\" && substr(JobBatchName, 0, 7) == "gm-lab-"');
  });
});

describe('what condor_history answers', () => {
  const states = statesOf(recorded('history-final-json'), htcondor.ended);

  it.each([
    ['4.0', { how: 'completed', exitCode: 0 }],
    ['5.0', { how: 'failed', exitCode: 3 }],
    ['9.0', { how: 'walltime' }],
    ['10.0', { how: 'cancelled', reason: 'via condor_rm (by user lab)' }],
  ])('tells how %s ended', (id, end) => {
    expect(states[id]).toMatchObject({ kind: 'ended', ...end });
  });

  const removed = (attributes: object) =>
    statesOf(
      answered({
        stdout: JSON.stringify([
          {
            ClusterId: 1,
            ProcId: 0,
            JobStatus: 3,
            RemoveReason: 'The job attribute PeriodicRemove ...',
            ...attributes,
          },
        ]),
      }),
      htcondor.ended,
    )['1.0'];

  it('tells a job that its own expression has removed by what it was before', () => {
    expect(removed({ LastJobStatus: 2, NumJobStarts: 1 })).toEqual({ kind: 'ended', how: 'walltime' });
    expect(removed({ LastJobStatus: 1, NumJobStarts: 1 })).toEqual({ kind: 'ended', how: 'preempted' });
    expect(removed({ LastJobStatus: 2, NumJobStarts: 2 })).toEqual({ kind: 'ended', how: 'preempted' });
  });

  it('tells a signal', () => {
    const stdout = JSON.stringify([
      { ClusterId: 1, ProcId: 0, JobStatus: 4, ExitBySignal: true, ExitSignal: 9 },
    ]);
    expect(statesOf(answered({ stdout }), htcondor.ended)['1.0']).toEqual({
      kind: 'ended',
      how: 'failed',
      reason: 'it was ended by signal 9',
    });
  });

  it('has nothing of jobs that it does not know', () => {
    expect(htcondor.ended?.(recorded('history-unknown'))).toEqual({ kind: 'known', batchJobs: [] });
  });
});

describe('what condor_rm answers', () => {
  it.each(['rm-idle', 'rm-running', 'rm-held', 'rm-proc', 'rm-unknown'])('%s is enough', (name) => {
    expect(htcondor.cancelled(recorded(name))).toEqual({ kind: 'told' });
  });

  it.each([
    ['the schedd is down', recorded('schedd-down-rm')],
    [
      'one of several is not to be removed',
      answered({
        exitCode: 1,
        stdout: 'Job 1.0 marked for removal\n',
        stderr: 'Permission denied to remove job 2.0\n',
      }),
    ],
  ])('is no news where %s', (_, answer) => {
    expect(htcondor.cancelled(answer).kind).toBe('no-news');
  });
});

describe('probes of HTCondor', () => {
  const judged = (queue: string | undefined, answers: readonly QueueAnswer[]) =>
    htcondor
      .probes(queue === undefined ? {} : { queue })
      .map((probe, index) => probe.judge(answers[index] ?? answered({ exitCode: 127 })).state);
  const version = answered({ stdout: '$CondorVersion: 23.9.6 2026-07-12 $\n' });

  it('find a pool with machines, one without, and a queue that nobody has', () => {
    const machines = recorded('condor-status-json');
    expect(judged(undefined, [version, answered({}), machines])).toEqual(['ok', 'ok', 'ok']);
    expect(judged(undefined, [version, answered({}), answered({})])).toEqual(['ok', 'ok', 'note']);
    expect(judged('main', [version, answered({}), machines])).toEqual(['ok', 'problem', 'ok']);
    expect(judged(undefined, [version, recorded('schedd-down-q'), machines])).toEqual([
      'ok',
      'problem',
      'ok',
    ]);
    expect(judged(undefined, [])).toEqual(['problem', 'problem', 'problem']);
  });
});
