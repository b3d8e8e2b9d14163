import { mean, quantile } from '../measure.ts';
import { Fenzo, type FenzoRun, type Rounds } from './fenzo.ts';
import { constrained, type Mix, threeShapes } from './mix.ts';
import { ourRounds } from './ours.ts';
import { count, figure, percent, Report } from './report.ts';

const seed = 20_261_123;
const tasksPerRound = 200;
/** A contender that is not through by then is compared over the rounds that it did. */
const fenzoSeconds = 25;

interface Row {
  readonly name: string;
  readonly rounds: Rounds;
  /** Whether all tasks were tried before the time was up. */
  readonly isThrough: boolean;
}

/** The rounds that count: in the first ones compilers are still at work, for both contenders. */
const warmUps = 5;

function rowsOf(rows: readonly Row[]): string[][] {
  const [ours] = rows;
  const heading = ['', 'rounds', 'mean ms', 'p99 ms', 'placements/s', 'fill at the end', 'times ours'];
  const body = rows.map(({ name, rounds, isThrough }) => {
    const times = rounds.milliseconds.slice(warmUps);
    const same = ours?.rounds.milliseconds.slice(warmUps, rounds.milliseconds.length) ?? [];
    return [
      name,
      count(rounds.milliseconds.length),
      figure(mean(times)),
      figure(quantile(times, 0.99)),
      figure((rounds.placed / rounds.milliseconds.length / mean(times)) * 1000),
      isThrough ? percent(rounds.fill) : 'time was up',
      figure(mean(times) / mean(same)),
    ];
  });
  return [heading, ...body];
}

async function compareRounds(
  report: Report,
  title: string,
  mix: Mix,
  goodEnough: readonly number[],
): Promise<void> {
  // Twice, as Fenzo: the second time counts.
  ourRounds(mix, tasksPerRound);
  const ours = ourRounds(mix, tasksPerRound);
  const rows: Row[] = [{ name: 'Galaxy on Mesos', rounds: ours, isThrough: true }];
  const fenzo = await Fenzo.get();
  for (const fitness of fenzo ? goodEnough : []) {
    process.stderr.write(`  ${title}: Fenzo, ${fitness} is good enough\n`);
    const run: FenzoRun = { goodEnough: fitness, tasksPerRound, runs: 1, seconds: fenzoSeconds };
    const rounds = await fenzo?.rounds(mix, run);
    if (!rounds) continue;
    const isThrough = rounds.milliseconds.length * tasksPerRound >= mix.tasks.length;
    rows.push({ name: `Fenzo, ${fitness} is good enough`, rounds, isThrough });
  }
  report.table(title, rowsOf(rows));
}

/** All tasks at once: how many are placed in a second. */
function bulk(report: Report, agentCount: number): void {
  const rows = [threeShapes(agentCount, seed), constrained(agentCount, seed)].map((mix, index) => {
    ourRounds(mix, mix.tasks.length);
    const { placed, milliseconds, fill, longestCall } = ourRounds(mix, mix.tasks.length);
    const rate = (placed / (milliseconds[0] ?? Number.NaN)) * 1000;
    const name = index === 0 ? 'three shapes' : 'hard constraints and spread';
    return [name, count(mix.tasks.length), count(placed), figure(rate), percent(fill), figure(longestCall)];
  });
  report.table(`All tasks at once, ${count(agentCount)} agents`, [
    ['', 'tasks', 'placed', 'placements/s', 'fill', 'longest call, ms'],
    ...rows,
  ]);
}

/** Rounds of 200 tasks until agents are full, beside Fenzo. */
export async function benchmarkRounds(): Promise<void> {
  const report = new Report('matcher-rounds', 'Rounds of 200 tasks, beside Fenzo');
  const goodEnough = [1, 0.5, 0.01];
  await compareRounds(report, '2,000 agents, three shapes', threeShapes(2000, seed), goodEnough);
  await compareRounds(report, '10,000 agents, three shapes', threeShapes(10_000, seed), goodEnough);
  await compareRounds(report, '10,000 agents, hard constraints', constrained(10_000, seed), [1, 0.01]);
  bulk(report, 10_000);
  report.write();
}
