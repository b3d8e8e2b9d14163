import { createHash } from 'node:crypto';
import { type Random, seededRandom } from '../mesos-fuzz/mutations.ts';
import { equalAgents, type Mix, type MixTask } from './mix.ts';
import { OurMatcher } from './ours.ts';
import { count, figure, percent, Report } from './report.ts';

/** Seconds between two rounds of offers: a scheduler asks for offers that it declined no more often than this. */
const tickSeconds = 5;
const day = { seconds: 86_400, agents: 10_000, tasks: 1_000_000 };
/** A whole day takes many minutes: `BENCH_REPLAY_HOURS=24` is for that. */
const hours = Number(process.env.BENCH_REPLAY_HOURS ?? 2);
const longestJob = 200;
/** Of all cores, on average over the day. */
const load = 0.8;
const memoryPerCore = 1000;

/** Tasks with when they come and how long they run, in ticks. */
interface Trace extends Mix {
  readonly arrivals: readonly (readonly MixTask[])[];
  readonly runTicks: ReadonlyMap<string, number>;
}

/** An exponential distribution of that mean, for times between events that know nothing of one another. */
const exponential = (random: Random, average: number): number =>
  -Math.log((random(2 ** 30) + 1) / 2 ** 30) * average;

function makeTrace(agentCount: number, taskCount: number, seconds: number, seed: number): Trace {
  const random = seededRandom(seed);
  const agents = equalAgents(agentCount);
  const ticks = Math.ceil(seconds / tickSeconds);
  const arrivals: MixTask[][] = Array.from({ length: ticks }, () => []);
  const runTicks = new Map<string, number>();
  const tasks: MixTask[] = [];
  const shapes = [1, 1, 1, 2, 4];
  const averageCores = shapes.reduce((sum, cpus) => sum + cpus, 0) / shapes.length;
  const averageRun = (load * agentCount * 8 * ticks) / (taskCount * averageCores);
  while (tasks.length < taskCount) {
    const tick = random(ticks);
    const cpus = shapes[random(shapes.length)] ?? 1;
    const job = `job-${tick}`;
    for (let left = Math.min(1 + random(longestJob), taskCount - tasks.length); left > 0; left -= 1) {
      const task: MixTask = {
        id: `task-${tasks.length}`,
        job,
        cpus,
        mem: cpus * memoryPerCore,
        rule: 'none',
      };
      tasks.push(task);
      arrivals[tick]?.push(task);
      runTicks.set(task.id, Math.max(1, Math.round(exponential(random, averageRun))));
    }
  }
  return { agents, tasks, arrivals, runTicks };
}

interface Replay {
  /** Of the matcher alone. */
  readonly seconds: number;
  readonly wallSeconds: number;
  readonly rounds: number;
  readonly longestCall: number;
  readonly meanFill: number;
  /** Of all decisions in order. */
  readonly digest: string;
}

/** Which tasks end in which tick. */
class Endings {
  readonly #byTick = new Map<number, string[]>();

  add(tick: number, id: string): void {
    const others = this.#byTick.get(tick);
    if (others) others.push(id);
    else this.#byTick.set(tick, [id]);
  }

  take(tick: number): readonly string[] {
    const ids = this.#byTick.get(tick) ?? [];
    this.#byTick.delete(tick);
    return ids;
  }
}

function replay(trace: Trace): Replay {
  const ours = new OurMatcher(trace);
  const hash = createHash('sha256');
  const startedAt = performance.now();
  const endings = new Endings();
  const ticks = trace.arrivals.length;
  let [milliseconds, longestCall, fill] = [0, 0, 0];
  for (const [tick, arrivals] of trace.arrivals.entries()) {
    for (const id of endings.take(tick)) ours.end(id);
    ours.submit(arrivals);
    const round = ours.round();
    milliseconds += round.milliseconds;
    longestCall = Math.max(longestCall, round.longestCall);
    fill += ours.truth.fill / ticks;
    for (const { id } of round.placed) {
      hash.update(`${tick} ${id} ${ours.truth.agentOf(id)}\n`);
      endings.add(tick + (trace.runTicks.get(id) ?? 1), id);
    }
  }
  return {
    seconds: milliseconds / 1000,
    wallSeconds: (performance.now() - startedAt) / 1000,
    rounds: ticks,
    longestCall,
    meanFill: fill,
    digest: hash.digest('hex'),
  };
}

function checkDeterminism(): void {
  const digests = [1, 2].map(() => replay(makeTrace(500, 20_000, 3600, 7)).digest);
  if (digests[0] !== digests[1]) throw new Error('the same trace led to other decisions the second time');
}

/** Hours of a large cluster at full speed. Throws where the same trace leads to other decisions the second time. */
export async function benchmarkReplay(): Promise<void> {
  const report = new Report('matcher-replay', 'Hours of decisions at full speed');
  checkDeterminism();
  const tasks = Math.round((day.tasks * hours) / 24);
  const trace = makeTrace(day.agents, tasks, (day.seconds * hours) / 24, 20_261_123);
  const { seconds, wallSeconds, rounds, longestCall, meanFill } = replay(trace);
  report.table(
    `${hours} h of ${count(day.agents)} agents and ${count(tasks)} tasks, a round every ${tickSeconds} s`,
    [
      ['rounds', 'seconds of the matcher', 'seconds in all', 'longest call, ms', 'cores in use on average'],
      [count(rounds), figure(seconds), figure(wallSeconds), figure(longestCall), percent(meanFill)],
    ],
  );
  report.text('A shorter trace, replayed twice, led to the same decisions.');
  report.write();
}
