import { describe, expect, it } from 'vitest';
import { simulatedScheduler } from '../../../test-helpers/simulated-scheduler.ts';
import { audit } from '../audit/audit.ts';
import { Random } from '../random.ts';
import { SimulatedCluster } from '../simulated-cluster.ts';
import { playTrace } from './play-trace.ts';
import { behaviourOf, makeTrace } from './trace.ts';

const options = { seed: 3, tasks: 2000, agents: 20, horizonSeconds: 7200 };

describe('a trace', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeTrace(options)).toEqual(makeTrace(options));
    expect(makeTrace({ ...options, seed: 4 }).tasks).not.toEqual(makeTrace(options).tasks);
  });

  it('has its tasks spread over its horizon, in the shapes and shares of its mix', () => {
    const { tasks } = makeTrace({ ...options, tasks: 20_000 });
    expect(tasks.at(-1)?.arrivesAtSeconds).toBeGreaterThan(7000);
    expect(tasks.at(-1)?.arrivesAtSeconds).toBeLessThan(7400);
    const shapes = Map.groupBy(tasks, ({ spec }) => spec.name);
    expect((shapes.get('part')?.length ?? 0) / tasks.length).toBeCloseTo(0.8, 1);
    const runs = (shapes.get('part') ?? []).map(({ runSeconds }) => runSeconds).sort((a, b) => a - b);
    const median = runs[Math.floor(runs.length / 2)] ?? 0;
    expect(Math.abs(median - 300)).toBeLessThan(20);
    expect(new Set(tasks.map(({ spec }) => spec.user)).size).toBeGreaterThan(5);
  });

  it('says how each attempt ends, whatever else happens', () => {
    const trace = makeTrace(options);
    const behaviour = behaviourOf(trace);
    const attempt = (id: number, number: number) => {
      const environment = { GALAXY_MESOS_TASK_ID: `${id}`, GALAXY_MESOS_ATTEMPT_NUMBER: `${number}` };
      const bag = { cpus: 0, mem: 0, disk: 0, others: new Map(), ports: [] };
      return behaviour({ taskId: 'x', bag, command: '', environment, killGraceSeconds: 3 }, new Random(1));
    };
    expect(attempt(5, 1)).toEqual(attempt(5, 1));
    const ends = trace.tasks.map((_, id) => attempt(id, 1).exitCode);
    const failed = ends.filter((exitCode) => exitCode !== 0).length;
    expect(failed / ends.length).toBeCloseTo(0.025, 2);
  });

  it('is played to a scheduler in virtual time', async () => {
    const trace = makeTrace({ ...options, tasks: 300, horizonSeconds: 3600 });
    const cluster = new SimulatedCluster({ behaviour: behaviourOf(trace) });
    for (const agent of trace.agents) cluster.addAgent(agent);
    const { scheduler, store, start, settled, close } = simulatedScheduler(cluster);
    await start();
    const submissions: Promise<void>[] = [];
    playTrace(cluster.time, trace, (specs) => void submissions.push(scheduler.submit(specs)), 10);
    while (submissions.length < 1 || (await store.load()).length < 300) {
      cluster.time.heardOutside();
      await cluster.time.advanceWith(60_000, () => new Promise((resolve) => setImmediate(resolve)));
    }
    await Promise.all(submissions);
    await settled();
    const states = Map.groupBy(await store.load(), ({ state }) => state);
    expect(states.get('finished')?.length).toBeGreaterThan(290);
    expect(audit(cluster, { answerWithinSeconds: 5 }).violations).toEqual([]);
    await close();
  });
});
