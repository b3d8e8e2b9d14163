import { type Mix, randomLoad, threeShapes } from './mix.ts';
import { bestFitOracle } from './oracle.ts';
import { OurMatcher } from './ours.ts';
import { count, percent, Report } from './report.ts';
import { Truth } from './truth.ts';

const agentCount = 200;
const seeds = 10;
/** Our fill may be so much below the oracle's, as a share of it. */
const tolerated = 0.02;

interface Fill {
  readonly ours: number;
  readonly oracle: number;
}

function fillOf(mix: Mix): Fill {
  const ours = new OurMatcher(mix);
  ours.submit(mix.tasks);
  ours.round();
  const oracle = new Truth(mix);
  const placed = bestFitOracle(
    mix.agents.map(({ id, cpus, mem }) => ({ id, free: { cpus, mem } })),
    mix.tasks.map(({ id, cpus, mem }) => ({ id, wanted: { cpus, mem } })),
  );
  for (const [taskId, agentId] of placed) oracle.place(taskId, agentId);
  return { ours: ours.truth.fill, oracle: oracle.fill };
}

function row(name: string, fills: readonly Fill[]): string[] {
  const ratios = fills.map(({ ours, oracle }) => ours / oracle);
  const worst = Math.min(...ratios);
  if (worst < 1 - tolerated) throw new Error(`${name}: our fill is ${percent(worst)} of the oracle's`);
  const average = (pick: (fill: Fill) => number): string =>
    percent(fills.reduce((sum, fill) => sum + pick(fill), 0) / fills.length);
  return [name, average(({ ours }) => ours), average(({ oracle }) => oracle), percent(worst)];
}

/** How full agents get, beside a search through all agents for every task. Throws where ours stay emptier. */
export async function benchmarkFill(): Promise<void> {
  const report = new Report('matcher-fill', 'How full agents get, beside an exhaustive search');
  const of = (make: (agentCount: number, seed: number) => Mix): Fill[] =>
    Array.from({ length: seeds }, (_, index) => fillOf(make(agentCount, 1000 + index)));
  report.table(`${count(agentCount)} agents, ${seeds} seeds each, placement \`best-fit\``, [
    ['', 'cores in use', 'oracle', 'worst of ours to the oracle'],
    row('three shapes, equal agents', of(threeShapes)),
    row('random shapes, random agents, half as much again as there is', of(randomLoad)),
  ]);
  report.write();
}
