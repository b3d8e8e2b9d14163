import type { ClusterView } from '@galaxy-mesos/queue-cluster';
import { describe, expect, it } from 'vitest';
import { clusterView, poolView } from '../../test-helpers/made-view.ts';
import { type Attendance, problemsOf, statusText } from './status-text.ts';

const now = 10_000_000;
const launcher = { host: 'login1', pid: 4711, startedAt: 0, isAlive: true, isHanging: false };
const lines = (view: Partial<ClusterView>, attendance: Partial<Attendance> = {}): string[] =>
  statusText(clusterView({ at: now, ...view }), now, { launcher, beatAt: now, ...attendance }).split('\n');

describe('statusText', () => {
  it('tells of the master, the launcher and what pools have and want', () => {
    const phases = { registered: 8, queued: 1, intended: 1 };
    const pools = [poolView({ name: 'main', desired: 10, max: 200, phases })];
    expect(lines({ pools })).toEqual([
      'mine: up; its master here at 10.0.0.1:5050 is up',
      'launcher: process 4711 on login1',
      'POOL  AGENTS  WANTED  MIN  MAX  IN QUEUE  STARTING  LEAVING',
      'main       8      10    0  200         2         0        0',
    ]);
  });

  it('says why a pool has not what it wants, in the words of the queue, and what to do', () => {
    const waits = [
      { text: 'Resources', count: 3, isStuck: false },
      { text: 'PartitionDown', advice: 'ask when it comes back', count: 1, isStuck: true },
    ];
    const paused = { text: 'Invalid account', advice: 'name another with --account' };
    expect(lines({ pools: [poolView({ name: 'main', waits, paused })] }).slice(4)).toEqual([
      'main: paused: Invalid account',
      '  -> name another with --account',
      'main: 3 wait: Resources',
      'main: 1 will never start as things are: PartitionDown',
      '  -> ask when it comes back',
    ]);
  });

  it('says when a pool tries again, as long as that is ahead', () => {
    const backOff = { text: 'connection timed out', until: now + 60_000 };
    expect(lines({ pools: [poolView({ backOff })] })[4]).toMatch(
      /^main: tries again at \d\d:\d\d:\d\d: connection timed out$/,
    );
    const over = { ...backOff, until: now - 1 };
    expect(lines({ pools: [poolView({ backOff: over })] })).toHaveLength(4);
  });

  it('tells of pilots one by one', () => {
    const pilots: ClusterView['pilots'] = [
      {
        name: 'gm-mine-main-a',
        pool: 'main',
        phase: 'registered',
        id: '7',
        node: 'n1',
        since: now - 5000,
        endsAt: now + 60_000,
        tasks: 2,
      },
      {
        name: 'gm-mine-main-b',
        pool: 'main',
        phase: 'queued',
        id: '8@/somewhere',
        since: now,
        waits: { text: 'Priority' },
      },
    ];
    expect(lines({ pilots }).slice(4)).toEqual([
      'PILOT           BATCH JOB  STATE       FOR  NODE  TASKS  ENDS IN',
      'gm-mine-main-a          7  registered  5 s  n1        2  1 min 00 s',
      'gm-mine-main-b          8  queued      0 s                           Priority',
    ]);
  });

  it('says that nobody looks after the cluster, and how old the news are', () => {
    const gone = { launcher: { ...launcher, isAlive: false }, beatAt: now - 600_000 };
    expect(lines({ at: now - 3_600_000 }, gone).slice(1, 3)).toEqual([
      'launcher: none; nothing submits or ends pilots. Start another: galaxy-mesos cluster up mine',
      'what follows is 10 min 00 s old',
    ]);
  });

  it('calls nothing old that a launcher which lives sees no change in', () => {
    expect(lines({ at: now - 36_000_000 })[2]).toMatch(/^POOL/);
  });

  it('says that a launcher hangs, and what to do', () => {
    const hangs = { launcher: { ...launcher, isHanging: true }, beatAt: now - 600_000 };
    expect(lines({ at: now - 600_000 }, hangs).slice(1, 3)).toEqual([
      'launcher: process 4711 on login1, which hangs. End it there (kill -9 4711), and start another: galaxy-mesos cluster up mine',
      'what follows is 10 min 00 s old',
    ]);
  });

  it('tells what finds no room, what is left alone and what is wrong, without what a terminal would obey', () => {
    const text = lines({
      unmet: [{ from: 'f', cpus: 64, memMb: 1024, diskMb: 0, gpus: 1, count: 5, why: 'too-big' }],
      badNodes: [
        { system: 'slurm', node: 'n3', failures: [1, 2], badUntil: now + 1, wantedAt: 1, isLeftOut: true },
        { system: 'sge', node: 'n4', failures: [1, 2, 3], badUntil: now + 1, wantedAt: 1, isLeftOut: false },
      ],
      systems: [{ key: 'slurm', trouble: 'no answer\u001b[2J', strangers: ['gm-mine-main-x'] }],
      problems: ['a demand cannot be understood'],
    });
    expect(text.slice(4)).toEqual([
      '5 tasks of 64 cpus, 1G, 1 gpu find no room: no pool is so big, and has so many gpus',
      'n3: left alone, 2 pilots died there',
      'n4: not left alone, 3 pilots died there',
      "slurm: batch job gm-mine-main-x is none of this launcher's",
      'slurm: no answer [2J',
      'a demand cannot be understood',
    ]);
  });
});

it('counts what queues do not answer among the problems of a cluster, for whoever waits', () => {
  const master = { kind: 'here', state: 'up', trouble: 'slow' } as const;
  const systems = [
    { key: 'slurm', trouble: 'no answer', strangers: [] },
    { key: 'sge', strangers: [] },
  ];
  const view = clusterView({ master, systems, problems: ['master: slow', 'demand: odd'] });
  expect(problemsOf(view)).toEqual(['master: slow', 'slurm: no answer', 'demand: odd']);
});
