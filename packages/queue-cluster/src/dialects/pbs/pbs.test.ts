import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import type { BatchJobRequest, BatchJobState, QueueAnswer } from '../dialect.ts';
import { pbs } from './index.ts';

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

const recorded = (name: string) => recording('pbs', name);
const answered = (answer: Partial<QueueAnswer>): QueueAnswer => ({
  exitCode: 0,
  stdout: '',
  stderr: '',
  ...answer,
});

/** States by ids. */
function statesOf(answer: QueueAnswer): Record<string, BatchJobState> {
  const outcome = pbs.statuses(answer);
  if (outcome.kind !== 'known') throw new Error(outcome.text);
  return Object.fromEntries(outcome.batchJobs.map(({ id, state }) => [id, state]));
}

describe('a job for PBS', () => {
  it('has its directives after the first line, and goes to its directory', () => {
    expect(
      pbs.render({ ...request, queue: 'workq', account: 'lab', gpus: 1, extra: ['#PBS -l place=excl'] }),
    ).toMatchInlineSnapshot(`
      "#!/bin/bash
      #PBS -N gm-lab-small-abcdefgh
      #PBS -S /bin/bash
      #PBS -q workq
      #PBS -A lab
      #PBS -l walltime=1:30:00
      #PBS -l select=1:ncpus=2:mem=500mb:ngpus=1
      #PBS -k oed
      #PBS -j oe
      #PBS -o /work/pilots/gm-lab-small-abcdefgh/log
      #PBS -m n
      #PBS -r n
      #PBS -l place=excl
      cd -- '/work/pilots/gm-lab-small-abcdefgh'
      echo pilot
      "
    `);
  });

  it('is submitted through the standard input of qsub', () => {
    expect(pbs.submit(request)).toEqual({ program: 'qsub', arguments: [], input: pbs.render(request) });
  });

  it('may have blanks in the path of its log, which is quoted', () => {
    expect(pbs.render({ ...request, log: '/work/a log' })).toContain('#PBS -o "/work/a log"\n');
  });

  it.each([
    ['a queue with a blank', { queue: 'a b' }, 'the queue "a b"'],
    ['an account that looks like an option', { account: '-V' }, 'the account "-V"'],
    ['a log on another host', { log: '/work/host:x' }, 'the path of the log'],
    ['a directive that the shell would run', { extra: ['touch /work/x'] }, 'is none of PBS'],
    ['another name among the extra lines', { extra: ['#PBS -N other'] }, 'it has -N, which names the job'],
    ['another name in one word', { extra: ['#PBS -hNother'] }, 'it has -hNother, which names the job'],
    ['an array', { extra: ['#PBS -l place=excl -J 0-9'] }, 'it has -J, which makes several jobs'],
    ['a quoted array', { extra: ['#PBS "-J" 0-9'] }, 'it has -J, which makes several jobs'],
    ['another server', { extra: ['#PBS -q main@other'] }, 'it has -q, which sends the job to another server'],
    [
      'a submit that waits',
      { extra: ['#PBS -W umask=022,block=true'] },
      'it has -W, which has the submit wait',
    ],
    ['a job with a terminal', { extra: ['#PBS -I'] }, 'it has -I, which has the submit wait'],
    ['a submit that is silent', { extra: ['#PBS -z'] }, 'it has -z, which has the submit say no id'],
    ['a directive that takes the next line with it', { extra: ['#PBS -v A=\\'] }, 'is none of PBS'],
    ['a directory of two lines', { directory: '/work\ntouch x' }, 'the directory "/work\\ntouch x"'],
  ])('is refused with %s', (_, change, text) => {
    expect(() => pbs.render({ ...request, ...change })).toThrow(text);
  });
});

describe('what qsub answers', () => {
  it.each([
    ['qsub-plain', '1.localhost'],
    ['qsub-array', '2[].localhost'],
    ['qsub-stdin', '3.localhost'],
    ['qsub-hold', '5.localhost'],
    ['qsub-big', '8.localhost'],
  ])('%s is a job', (name, id) => {
    expect(pbs.submitted(recorded(name))).toEqual({ kind: 'accepted', id });
  });

  it.each([
    ['qsub-bad-queue', 'configuration', 'qsub: Unknown queue'],
    ['qsub-disabled-queue', 'configuration', 'qsub: Queue is not enabled'],
    ['qsub-over-walltime', 'configuration', 'qsub: Job violates queue and/or server resource limits'],
    ['qsub-bad-resource', 'configuration', 'qsub: Unknown resource Resource_List.nosuch'],
    ['qsub-bad-select', 'configuration', 'qsub: Unknown resource: nosuch'],
    [
      'qsub-bad-walltime',
      'configuration',
      'qsub: Illegal attribute or resource value Resource_List.walltime',
    ],
    ['qsub-bad-name', 'configuration', 'qsub: illegal -N value'],
    ['qsub-bad-option', 'configuration', "qsub: invalid option -- '-' qsub: invalid option -- 'n'"],
    ['qsub-missing-file', 'configuration', 'qsub: script file:: No such file or directory'],
    ['qsub-array-too-big', 'configuration', 'qsub: Array job exceeds server or queue size limit'],
    ['down-qsub', 'transient', 'Connection refused qsub: cannot connect to server localhost (errno=15010)'],
  ])('%s is a refusal', (name, kind, text) => {
    expect(pbs.submitted(recorded(name))).toMatchObject({ kind: 'refused', problem: { kind, text } });
  });

  it('is a limit where the user has as many jobs as may be', () => {
    const { exitCode, stderr } = recorded('qsub-max-queued');
    const { stdout } = answered({});
    expect(pbs.submitted({ exitCode, stdout, stderr })).toMatchObject({
      kind: 'refused',
      problem: { kind: 'limit' },
    });
  });

  it.each([
    ['a job and a failure', recorded('qsub-max-queued')],
    ['nothing', answered({})],
    ['nothing but a failure', answered({ exitCode: 1 })],
    ['a command that was ended', answered({ exitCode: null, stdout: '1.localhost\n' })],
    ['a connection that was lost', answered({ exitCode: 1, stderr: 'qsub: End of File\n' })],
    ['a cut id', answered({ stdout: '12' })],
  ])('is unclear after %s', (_, answer) => {
    expect(pbs.submitted(answer).kind).toBe('unclear');
  });

  it('is for people to mend where a hook of the site refuses, and tried again where nobody knows', () => {
    const refused = (stderr: string) => pbs.submitted(answered({ exitCode: 77, stderr }));
    expect(refused('qsub: name a project\n')).toMatchObject({ problem: { kind: 'configuration' } });
    expect(refused('wrapper: try later\n')).toMatchObject({ problem: { kind: 'transient' } });
  });
});

describe('what qstat answers', () => {
  it('tells the jobs that are there', () => {
    expect(statesOf(recorded('qstat-json'))).toEqual({
      '1.localhost': { kind: 'running', node: 'localhost' },
      '2[].localhost': { kind: 'running' },
      '5.localhost': { kind: 'held', reason: 'held by its user', advice: '`qrls` releases it' },
      '6.localhost': { kind: 'waiting', reason: 'it waits for its time to start' },
      '8.localhost': {
        kind: 'waiting',
        reason: 'Can Never Run: Insufficient amount of resource: ncpus (R: 640 A: 6 T: 6)',
        advice: 'no node has so much: ask for less, or name another queue',
        isHopeless: true,
      },
      '9.localhost': { kind: 'running', node: 'localhost' },
      '10.localhost': { kind: 'running', node: 'localhost' },
    });
  });

  it('tells names whole', () => {
    const outcome = pbs.statuses(recorded('qstat-json-one'));
    expect(outcome).toMatchObject({ kind: 'known', batchJobs: [{ id: '1.localhost', name: 'mesos-agent' }] });
  });

  it.each([
    ['qstat-walltime', '23.localhost', { how: 'walltime' }],
    ['qstat-qdel-done', '10.localhost', { how: 'cancelled' }],
    ['qstat-finished-x', '3.localhost', { how: 'failed', exitCode: 3 }],
    ['qstat-badout-done', '9.localhost', { how: 'completed', exitCode: 0 }],
    ['qstat-dep', '7.localhost', { how: 'cancelled', reason: 'it ended before it was started' }],
    ['qstat-array-done', '2[].localhost', { how: 'failed', exitCode: 1 }],
  ])('%s tells an end', (name, id, end) => {
    expect(statesOf(recorded(name))[id]).toMatchObject({ kind: 'ended', ...end });
  });

  it.each(['qstat-empty-json', 'qstat-unknown', 'qstat-finished', 'nohist-gone'])(
    '%s is that there is no such job',
    (name) => {
      expect(pbs.statuses(recorded(name))).toEqual({ kind: 'known', batchJobs: [] });
    },
  );

  it('keeps what is known beside jobs that are gone', () => {
    expect(Object.keys(statesOf(recorded('qstat-mixed')))).toEqual(['1.localhost']);
  });

  it.each([
    ['the server is down', recorded('down-qstat')],
    ['there is no history', recorded('nohist-qstat-x')],
    ['nothing was said', recorded('qstat-nothing')],
    ['it is a table', recorded('qstat')],
    ['it was ended', { ...recorded('qstat-json'), exitCode: null }],
    ['it was cut', { ...recorded('qstat-json'), stdout: recorded('qstat-json').stdout.slice(0, 900) }],
    ['it failed for a reason of its own', { ...recorded('qstat-json'), exitCode: 1 }],
  ])('is no news where %s', (_, answer) => {
    expect(pbs.statuses(answer).kind).toBe('no-news');
  });

  it('is no news of a job that it leaves out without a word', () => {
    const { stdout } = recorded('qstat-json-one');
    const states = statesOf(answered({ stdout: `asked 1.localhost 2.localhost\n${stdout}` }));
    expect(states['1.localhost']).toMatchObject({ kind: 'running' });
    expect(states['2.localhost']).toEqual({ kind: 'unknown', text: 'qstat leaves it out' });
  });

  it('is that a job is gone which was asked for and is an error', () => {
    const { exitCode, stdout, stderr } = recorded('qstat-mixed');
    const states = statesOf({ exitCode, stdout: `asked 1.localhost 99999.localhost\n${stdout}`, stderr });
    expect(Object.keys(states)).toEqual(['1.localhost']);
  });

  it('knows no end in a letter that it does not know', () => {
    const { stdout } = recorded('qstat-walltime');
    for (const letter of ['Z', 'M', '', 'FF'])
      expect(statesOf(answered({ stdout: stdout.replace('"F"', `"${letter}"`) }))['23.localhost']?.kind).toBe(
        'unknown',
      );
  });

  const ended = (status: string, comment = 'and failed') =>
    statesOf(
      answered({
        stdout: recorded('qstat-walltime')
          .stdout.replace('"Exit_status":\t-29', `"Exit_status":\t${status}`)
          .replace('and exceeded resource walltime', comment),
      }),
    )['23.localhost'];

  it.each([
    ['-29', 'walltime'],
    ['-27', 'out-of-memory'],
    ['-4', 'node-failed'],
    ['-1', 'failed'],
    ['271', 'cancelled'],
    ['265', 'failed'],
    ['0', 'completed'],
  ])('knows the end %s', (status, how) => {
    expect(ended(status)).toMatchObject({ kind: 'ended', how });
  });

  it('believes the comment before the number', () => {
    expect(ended('271', 'and exceeded resource walltime')).toMatchObject({ how: 'walltime' });
    expect(ended('0', 'preempted by 9.localhost')).toMatchObject({ how: 'preempted' });
  });

  it('asks for the jobs of one user only, found by qselect, and never for all of the site', () => {
    const [, script = '', ...rest] = pbs.status({ user: "o'hara", ids: [], namePrefix: 'gm-' }).arguments;
    expect(rest).toEqual(['sh', "o'hara"]);
    const fakes = 'qselect() { printf "%s\\n" "7.host" "2[].host"; }; qstat() { echo "qstat $*"; }';
    const said = execFileSync('sh', ['-c', `${fakes}\n${script}`, ...rest], { encoding: 'utf8' });
    expect(said).toBe('asked 7.host 2[].host\nqstat -f -F json 7.host 2[].host\n');
  });

  it('has an answer without any job where the user has none', () => {
    const [, script = '', ...rest] = pbs.status({ user: 'lab', ids: [], namePrefix: 'gm-' }).arguments;
    const stdout = execFileSync('sh', ['-c', `qselect() { :; }\n${script}`, ...rest], { encoding: 'utf8' });
    expect(pbs.statuses(answered({ stdout }))).toEqual({ kind: 'known', batchJobs: [] });
  });
});

describe('what qdel and qsig answer', () => {
  it.each(['qdel-pending', 'qdel-running', 'qdel-unknown', 'qdel-finished', 'qsig-usr1'])(
    '%s is enough',
    (name) => {
      expect(pbs.cancelled(recorded(name))).toEqual({ kind: 'told' });
    },
  );

  it.each([
    ['the server is down', recorded('down-qdel')],
    ['it was ended', { ...recorded('qdel-running'), exitCode: null }],
    [
      'one of several failed',
      answered({
        exitCode: 159,
        stderr: 'qdel: Unknown Job Id 1.host\nqdel: Unauthorized Request  2.host\n',
      }),
    ],
    [
      'a job that waits cannot be told',
      answered({ exitCode: 168, stderr: 'qsig: Request invalid for state of job 1.host\n' }),
    ],
  ])('is no news where %s', (_, answer) => {
    expect(pbs.cancelled(answer).kind).toBe('no-news');
  });
});

describe('probes of PBS', () => {
  const [version] = pbs.probes({});

  it('tell PBS, Torque, and what is not there', () => {
    expect(version?.judge(answered({ stdout: 'pbs_version = 23.06.06\n' }))).toEqual({
      state: 'ok',
      text: 'pbs_version = 23.06.06',
    });
    expect(version?.judge(answered({ stderr: 'Version: 6.1.2\n' }))).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('--on torque'),
    });
    expect(version?.judge(answered({ exitCode: 127 })).state).toBe('problem');
  });
});
