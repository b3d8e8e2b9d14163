import { faultScenarios } from '@galaxy-mesos/mesos-testkit';
import {
  defaultOptions,
  defaultPolicy,
  type SchedulingPolicy,
  type TaskRecord,
} from '@galaxy-mesos/scheduler';
import { afterEach, expect, test, vi } from 'vitest';
import { type CoreInput, SchedulerCore } from '../../src/runtime/core.ts';
import type { Decisions } from '../../src/runtime/decisions.ts';
import { Moments } from './world/moments.ts';
import { stage } from './world/play.ts';
import { allKinds, expectAllWell } from './world/scene.ts';

interface Step {
  readonly inputs: readonly CoreInput[];
  readonly now: number;
  readonly date: number;
  /** As they were then: in the words of JSON, so that nothing changes them later. */
  readonly decisions: string;
}

/** All that a core was told, and what it decided. */
interface Log {
  records: readonly TaskRecord[];
  restoredAt: number;
  readonly steps: Step[];
}

const inWords = (decisions: Decisions): string =>
  JSON.stringify(decisions, (_key, value: unknown) => (value instanceof Error ? String(value) : value));

/** Writes down what every core is told from now on, until the test is over. */
function recordCores(): ReadonlyMap<SchedulerCore, Log> {
  const logs = new Map<SchedulerCore, Log>();
  const logOf = (core: SchedulerCore): Log => {
    const log = logs.get(core) ?? { records: [], restoredAt: 0, steps: [] };
    logs.set(core, log);
    return log;
  };
  const { advance, restore } = SchedulerCore.prototype;
  vi.spyOn(SchedulerCore.prototype, 'restore').mockImplementation(function (
    this: SchedulerCore,
    records,
    now,
  ) {
    Object.assign(logOf(this), { records: structuredClone(records), restoredAt: now });
    restore.call(this, records, now);
  });
  vi.spyOn(SchedulerCore.prototype, 'advance').mockImplementation(function (
    this: SchedulerCore,
    inputs,
    now,
    date,
  ) {
    const told = [...inputs];
    const decisions = advance.call(this, inputs, now, date);
    logOf(this).steps.push({ inputs: told, now, date, decisions: inWords(decisions) });
    return decisions;
  });
  return logs;
}

/** Makes whatever a core could ask but its inputs throw. */
function hideTheWorld(): void {
  const asked = (what: string) => () => {
    throw new Error(`a core asks for ${what}`);
  };
  vi.spyOn(Math, 'random').mockImplementation(asked('chance'));
  vi.spyOn(Date, 'now').mockImplementation(asked('the date'));
  vi.spyOn(performance, 'now').mockImplementation(asked('the time'));
}

/** The first step at which a fresh core decides otherwise; `undefined` if there is none. */
function firstDifference({ records, restoredAt, steps }: Log, policy: SchedulingPolicy): object | undefined {
  const core = new SchedulerCore({ options: defaultOptions, policy, placements: [] });
  core.restore(records, restoredAt);
  for (const [index, { inputs, now, date, decisions }] of steps.entries()) {
    const again = inWords(core.advance(inputs, now, date));
    if (again !== decisions) return { index, decisions, again };
  }
  return undefined;
}

afterEach(() => {
  vi.restoreAllMocks();
});

const policies: Readonly<Record<string, Partial<SchedulingPolicy>>> = {
  'spread, without preemption': {},
  'best fit, with preemption': {
    placement: 'best-fit',
    headOfLine: { patience: 5 },
    preemption: { patience: 2, grace: 1, maximumPerMinute: 10, minimumPriorityGap: 1 },
  },
};

test.each(Object.entries(policies))('the same inputs give the same decisions: %s', async (_name, policy) => {
  const logs = recordCores();
  const play = stage(allKinds(7), {
    seed: 7,
    moments: new Moments([300, 700]),
    restartAfter: () => 3,
    scheduler: { policy },
  });
  const storm = faultScenarios.find(({ id }) => id === 'E.9');
  const partition = faultScenarios.find(({ id }) => id === 'E.6');
  await play.world.pass(5);
  for (const fault of [storm, partition]) fault?.arrange(play.world);
  await expectAllWell(play);
  const all = [...logs.values()];
  vi.restoreAllMocks();
  expect(all).toHaveLength(3);
  expect(all.reduce((sum, { steps }) => sum + steps.length, 0)).toBeGreaterThan(300);
  hideTheWorld();
  const differences = all.map((log) => firstDifference(log, { ...defaultPolicy, ...policy }));
  vi.restoreAllMocks();
  expect(differences).toEqual([undefined, undefined, undefined]);
});

test('the same seed gives the same run, to the last call', async () => {
  const run = async () => {
    const logs = recordCores();
    const play = stage(allKinds(3), { seed: 3, moments: new Moments([500]), restartAfter: () => 1 });
    await expectAllWell(play);
    vi.restoreAllMocks();
    return [...logs.values()].flatMap(({ steps }) =>
      steps.map(({ now, decisions }) => `${now} ${decisions}`),
    );
  };
  expect(await run()).toEqual(await run());
});
