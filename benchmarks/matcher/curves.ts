import { mean } from '../measure.ts';
import { Fenzo } from './fenzo.ts';
import { backlog, type Mix, threeShapes } from './mix.ts';
import { OurMatcher } from './ours.ts';
import { count, figure, type Point, Report } from './report.ts';

const seed = 20_261_123;
const tasksPerRound = 200;
const rounds = 20;
const warmUps = 5;
const agentCounts = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
const pendingCounts = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
/** Beyond, one more point would take longer than all the rest of the benchmark. */
const fenzoLimits = { agents: 10_000, pending: 1000 };

/** For compilers to have seen it all once. */
const warmUpTasks = 10_000;

const ours = 'Galaxy on Mesos';
const fenzoNames = new Map([
  [1, 'Fenzo, 1 is good enough'],
  [0.01, 'Fenzo, 0.01 is good enough'],
]);

/** The first rounds on empty agents: small clusters are full after few, and there is nothing to be placed then. */
const roundsFor = (mix: Mix): number => Math.min(rounds, Math.floor(mix.tasks.length / tasksPerRound));

/** Passes of small clusters are repeated until there are as many rounds as with large ones. */
function ourMilliseconds(mix: Mix): number {
  const times: number[] = [];
  while (times.length < rounds + warmUps) {
    const matcher = new OurMatcher(mix);
    for (let round = 0; round < Math.max(1, roundsFor(mix)); round += 1) {
      matcher.submit(mix.tasks.slice(round * tasksPerRound, (round + 1) * tasksPerRound));
      times.push(matcher.round().milliseconds);
    }
  }
  return mean(times.slice(warmUps));
}

async function overAgents(): Promise<Point[]> {
  const fenzo = await Fenzo.get();
  const points: Point[] = [];
  ourMilliseconds(threeShapes(1000, seed));
  for (const agents of agentCounts) {
    process.stderr.write(`  ${agents} agents\n`);
    const mix = threeShapes(agents, seed);
    points.push({ x: agents, y: ourMilliseconds(mix), curve: ours });
    if (!fenzo || agents > fenzoLimits.agents) continue;
    for (const [goodEnough, curve] of fenzoNames) {
      const part = { ...mix, tasks: mix.tasks.slice(0, Math.max(1, roundsFor(mix)) * tasksPerRound) };
      const runs = agents > 1000 ? 1 : 6;
      const times = (await fenzo.rounds(part, { goodEnough, tasksPerRound, runs, seconds: 8 })).milliseconds;
      points.push({ x: agents, y: mean(times.slice(-rounds + warmUps)), curve });
    }
  }
  return points;
}

const agentCount = 10_000;
/** So many have room for eight cores each, all others for nothing. */
const roomyAgents = 100;

/** One round after the tasks were taken in, in which what has room is filled; then it is emptied again. */
function ourRoundWith(pending: number): { first: number; next: number } {
  const mix = backlog(agentCount, roomyAgents, pending, seed);
  const matcher = new OurMatcher(mix);
  // Agents are heard of before tasks come.
  matcher.round();
  matcher.submit(mix.tasks);
  const first = matcher.round();
  const times: number[] = [];
  let running = first.placed;
  for (let round = 0; round < rounds && running.length > 0; round += 1) {
    // What was there goes, and as many new places are filled by those that wait, while there are any.
    for (const { id } of running) matcher.end(id);
    const outcome = matcher.round();
    if (outcome.placed.length === 0) break;
    times.push(outcome.milliseconds);
    running = outcome.placed;
  }
  return { first: first.milliseconds, next: times.length > 0 ? mean(times) : Number.NaN };
}

async function overPending(): Promise<Point[]> {
  const fenzo = await Fenzo.get();
  const points: Point[] = [];
  ourRoundWith(warmUpTasks);
  for (const pending of pendingCounts) {
    process.stderr.write(`  ${pending} tasks\n`);
    const { first, next } = ourRoundWith(pending);
    points.push({ x: pending, y: first, curve: `${ours}, tasks are new` });
    if (!Number.isNaN(next)) points.push({ x: pending, y: next, curve: `${ours}, agents are free again` });
    if (!fenzo || pending > fenzoLimits.pending) continue;
    const mix = backlog(agentCount, roomyAgents, pending, seed);
    const { milliseconds } = await fenzo.rounds(mix, {
      goodEnough: 1,
      tasksPerRound: pending,
      runs: 3,
      seconds: 10,
    });
    points.push({ x: pending, y: mean(milliseconds), curve: 'Fenzo, 1 is good enough' });
  }
  return points;
}

function tableOf(points: readonly Point[], heading: string): string[][] {
  const curves = [...new Set(points.map(({ curve }) => curve))];
  const rows = [...Map.groupBy(points, ({ x }) => x)].map(([x, atX]) => [
    count(x),
    ...curves.map((name) => figure(atX.find(({ curve }) => curve === name)?.y ?? Number.NaN)),
  ]);
  return [[heading, ...curves], ...rows];
}

/** How the time of a round grows with agents and with tasks, as tables and plots. */
export async function benchmarkCurves(): Promise<void> {
  const report = new Report('matcher-curves', 'How the time of a round grows');
  const agents = await overAgents();
  const title = `Milliseconds a round of ${tasksPerRound} tasks, agents empty at first`;
  report.table(title, tableOf(agents, 'agents'));
  await report.plot('matcher-agents', { title, x: 'agents', y: 'milliseconds' }, agents);
  const pending = await overPending();
  const backlogTitle = `Milliseconds a round with a backlog, ${count(agentCount)} agents, room on ${roomyAgents}`;
  report.table(backlogTitle, tableOf(pending, 'tasks waiting'));
  await report.plot(
    'matcher-pending',
    { title: backlogTitle, x: 'tasks waiting', y: 'milliseconds' },
    pending,
  );
  report.write();
}
