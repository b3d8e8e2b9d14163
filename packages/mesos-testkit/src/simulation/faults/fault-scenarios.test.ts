import { describe, expect, it } from 'vitest';
import { someTasks } from '../../../test-helpers/simulated-scheduler.ts';
import { SimulatedStage } from '../../../test-helpers/simulated-stage.ts';
import { audit } from '../audit/audit.ts';
import { settleTurns } from '../run.ts';
import { SimulatedCluster } from '../simulated-cluster.ts';
import { faultScenarios } from './fault-scenarios.ts';

const survivable = faultScenarios.filter(({ isFinal, id }) => !isFinal && id !== 'E.25');

describe('fault scenarios', () => {
  it('are there for each of the 25 ways', () => {
    const ids = new Set(faultScenarios.map(({ id }) => id));
    expect([...ids]).toEqual(Array.from({ length: 25 }, (_, index) => `E.${index + 1}`));
  });

  it.each(survivable)('leave a scheduler with all tasks done, none twice: $id, $what', async (scenario) => {
    const cluster = new SimulatedCluster({
      seed: 5,
      behaviour: (_task, random) => ({
        startSeconds: 0.1,
        runSeconds: random.between(20, 400),
        exitCode: 0,
      }),
    });
    cluster.addAgents(6, { resources: { cpus: 4, mem: 8192, disk: 1000 } });
    const stage = new SimulatedStage(cluster);
    await cluster.time.advanceWith(2000, settleTurns);
    await stage.scheduler.submit(someTasks(60, { retries: 10 }));
    scenario.arrange(stage);
    // What is left of the scenario, what the tasks take, and all that agents and schedulers wait for.
    await cluster.time.advanceWith((scenario.lastsSeconds + 4 * 3600) * 1000, settleTurns);
    const records = await stage.store.load();
    expect(Map.groupBy(records, ({ state }) => state).get('finished')).toHaveLength(60);
    expect(audit(cluster, { answerWithinSeconds: 5 }).violations).toEqual([]);
    await stage.scheduler.close('teardown');
    expect(audit(cluster).alive).toBe(0);
  });
});
