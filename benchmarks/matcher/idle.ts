import { median, quantile } from '../measure.ts';
import { Fenzo } from './fenzo.ts';
import { unplaceable } from './mix.ts';
import { OurMatcher } from './ours.ts';
import { count, figure, Report } from './report.ts';

const agentCount = 10_000;
const pendingCount = 100_000;
/** Fenzo looks at every agent for every task: what it takes for these it would take 500 times for 100,000. */
const fenzoCount = 200;
const rounds = 200;

/** What is different from the round before. */
const changes = ['nothing', 'one agent is offered anew', 'all agents are offered anew'] as const;

function idleRounds(ours: OurMatcher, change: (typeof changes)[number]): number[] {
  const times: number[] = [];
  const repeats = change === 'all agents are offered anew' ? rounds / 10 : rounds;
  for (let round = 0; round < repeats; round += 1) {
    if (change === 'one agent is offered anew') ours.offerAnew(1);
    if (change === 'all agents are offered anew') ours.offerAnew(agentCount);
    const { placed, milliseconds } = ours.round();
    if (placed.length > 0) throw new Error('a task was placed that fits nowhere');
    times.push(milliseconds);
  }
  return times;
}

function ourRows(shapes: 'same' | 'different'): string[][] {
  const mix = unplaceable(agentCount, pendingCount, shapes);
  const ours = new OurMatcher(mix);
  ours.submit(mix.tasks);
  const first = ours.round().milliseconds;
  const name = `Galaxy on Mesos, ${shapes === 'same' ? 'one shape' : 'each a shape of its own'}`;
  return [
    [name, count(pendingCount), 'the tasks are new', figure(first), figure(first)],
    ...changes.map((change) => {
      const times = idleRounds(ours, change);
      return [name, count(pendingCount), change, figure(median(times)), figure(quantile(times, 0.99))];
    }),
  ];
}

async function fenzoRow(): Promise<string[][]> {
  // The same number every round, all of them new tasks for it: it remembers nothing of tasks it could not place.
  const mix = unplaceable(agentCount, fenzoCount * 20, 'same');
  const fenzo = await Fenzo.get();
  const run = { goodEnough: 1, tasksPerRound: fenzoCount, runs: 1, seconds: 8 };
  const times = (await fenzo?.rounds(mix, run))?.milliseconds.slice(1);
  if (!times) return [];
  return [['Fenzo', count(fenzoCount), 'nothing', figure(median(times)), figure(quantile(times, 0.99))]];
}

/** Rounds in which nothing can be placed, though much waits. */
export async function benchmarkIdle(): Promise<void> {
  const report = new Report('matcher-idle', 'Rounds in which nothing can be placed');
  report.table(`${count(agentCount)} agents, tasks that fit on none`, [
    ['', 'tasks waiting', 'since the round before', 'median ms', 'p99 ms'],
    ...ourRows('same'),
    ...ourRows('different'),
    ...(await fenzoRow()),
  ]);
  report.write();
}
