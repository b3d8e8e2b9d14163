// Pilots in a batch queue: what a tick of the pools' core costs, and a simulated week in which everything goes wrong.

import type { Figures } from '../packages/queue-cluster/test-helpers/pools/simulation/figures.ts';
import { Simulation } from '../packages/queue-cluster/test-helpers/pools/simulation/simulation.ts';
import { twoThousandPilots } from '../packages/queue-cluster/test-helpers/pools/simulation/two-thousand.ts';
import { TestCluster } from '../packages/queue-cluster/test-helpers/pools/test-cluster.ts';
import { count, figure, percent, Report } from './matcher/report.ts';
import { median } from './measure.ts';

const sizes = [100, 500, 2000, 10_000];
const ticks = 600;

/** So many agents at work, a tick each second; the queue is asked each minute. */
function tickRow(pilots: number): string[] {
  const cluster = new TestCluster([{ max: pilots, backlog: pilots }]);
  cluster.bringUp(pilots, 8);
  const plain: number[] = [];
  const hearing: number[] = [];
  let isAnswered = false;
  for (let tick = 0; tick < ticks; tick += 1) {
    const startedAt = performance.now();
    const { decisions } = cluster.tick(1);
    (isAnswered ? hearing : plain).push(performance.now() - startedAt);
    isAnswered = decisions.some(({ kind }) => kind === 'ask-status');
  }
  return [count(pilots), figure(median(plain)), figure(median(hearing))];
}

function weekRows(figures: Figures, simulation: Simulation): string[][] {
  const { troubles } = simulation;
  const ends = [...figures.ends].toSorted((a, b) => b[1] - a[1]);
  return [
    ['', ''],
    ['pilots submitted', count(figures.submits)],
    ['pilots at once, at most', count(figures.mostPilots)],
    ['agents needed by the tasks, on average', figure(figures.agentsNeeded)],
    ['batch jobs in the queue or running, on average', figure(figures.agentsAsked)],
    ['agents with the master, on average', figure(figures.agentsHad)],
    [
      'of their time without a task (10 minutes idle before they go, a least number by day and night)',
      percent(figures.idleShare),
    ],
    ['tasks done', count(figures.tasksDone)],
    ['tasks lost with their agents, and run again', count(figures.tasksLost)],
    ['status calls a minute of one queue, on average', figure(figures.averageStatusCallsPerMinute)],
    ['status calls a minute of one queue, in the worst hour', figure(figures.statusCallsPerMinute)],
    ['lines in the journal for each pilot', figure(figures.journalLinesPerPilot)],
    ['crashes of the launcher', count(figures.crashes)],
    ['times that a pool was paused, until somebody looked', count(figures.pauses)],
    ['outages of a queue', count(troubles.outages)],
    ['nodes lost, of which agents lived on', `${count(troubles.nodeFailures)}, ${count(troubles.zombies)}`],
    ...ends.map(([end, times]) => [`pilots that ended as ${end}`, count(times)]),
    ['batch jobs and agents left in the end', count(leftOf(simulation))],
    ['rules broken', count(simulation.laws.broken.length)],
  ];
}

function leftOf({ queues, agents }: Simulation): number {
  return [...queues.values()].reduce((sum, { open }) => sum + open.size, agents.all.size);
}

/** The core of the launcher of pilots. */
export function benchmarkPools(): void {
  const report = new Report('pools', 'Pilots in a batch queue');
  report.table('One tick of the core, all agents at work', [
    ['pilots', 'median ms', 'median ms with a status answer'],
    ...sizes.map(tickRow),
  ]);
  const simulation = new Simulation({ ...twoThousandPilots, tickSeconds: 30 });
  const figures = simulation.run();
  if (simulation.laws.broken.length > 0) throw new Error(simulation.laws.broken.join('\n'));
  report.text(
    'Two queues of 1,800 nodes each, of which 3 are bad; tasks of 1 and 16 cores come by day, and in bursts of up to 70,000. ' +
      'Submits are refused or their end is unclear, pilots never register, die early, do not stop; nodes fail, ' +
      'jobs are preempted and cancelled by hand; queues and the master go away; the launcher crashes between any two steps.',
  );
  report.table('A simulated week of up to 2,000 pilots', weekRows(figures, simulation));
  report.write();
}
