import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import { type JobStore, openJobStore } from '@galaxy-mesos/job-store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { job, type StoreFixture, spec, withStore } from './store-fixture.ts';

const kinds = ['add', 'state', 'outcome', 'remove', 'event', 'put', 'delete', 'task'] as const;
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  name: fc.constantFrom('a', 'b', 'c'),
  number: fc.nat(9),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const states: readonly JobState[] = ['queued', 'running', 'ok', 'error'];

interface ModelJob {
  state: JobState;
  outcome: object;
}

/** What a store should hold; only makes sense of steps that a store takes. */
class Model {
  readonly jobs = new Map<string, ModelJob>();
  readonly tasks = new Set<string>();
  readonly events: number[] = [];
  readonly records = new Map<string, number>();

  /** What to ask a store for; undefined if it would refuse that. */
  take({ kind, name, number }: Step): ((store: JobStore) => Promise<unknown>) | undefined {
    const known = this.jobs.get(name);
    const state = states[number % states.length] ?? 'ok';
    switch (kind) {
      case 'add':
        if (known) return undefined;
        this.jobs.set(name, { state: 'new', outcome: {} });
        return (store) => store.addJob(job(name));
      case 'state':
        if (!known) return undefined;
        known.state = state;
        return (store) => store.setJobState(name, state);
      case 'outcome':
        if (!known) return undefined;
        Object.assign(known, { state, outcome: { exitCode: number } });
        return (store) => store.setJobState(name, state, { exitCode: number });
      case 'remove':
        this.jobs.delete(name);
        this.tasks.delete(name);
        return (store) => store.removeJob(name, [name]);
      case 'event':
        this.events.push(number);
        return (store) => store.appendEvents([{ jobId: name, time: number, document: number }]);
      case 'put':
        this.records.set(name, number);
        return (store) => store.records('kind').put(name, number);
      case 'delete':
        this.records.delete(name);
        return (store) => store.records('kind').delete(name);
      case 'task':
        if (this.tasks.has(name)) return undefined;
        this.tasks.add(name);
        return (store) => store.taskStore('cluster').commit([{ type: 'added', spec: spec(name) }]);
    }
  }

  get contents() {
    return {
      jobs: [...this.jobs].map(([id, { state, outcome }]) => ({ id, state, outcome })),
      tasks: [...this.tasks],
      events: this.events.map((document, index) => [index + 1, document]),
      records: [...this.records].map(([key, value]) => ({ key, value })),
    };
  }
}

async function contentsOf(store: JobStore): Promise<Model['contents']> {
  const jobs = await store.jobs();
  const tasks = await store.taskStore('cluster').load();
  const events = await store.eventsAfter(0, 1000);
  return {
    jobs: jobs.map(({ job: { id }, state, outcome }) => ({ id, state, outcome })),
    tasks: tasks.map((task) => task.spec.id),
    events: events.map(({ sequence, document }) => [sequence, document as number]),
    records: (await store.records('kind').load()).map(({ key, value }) => ({ key, value: value as number })),
  };
}

/** What every store does with changes of all kinds, one by one or together. */
export function testChanges(fixture: StoreFixture): void {
  describe('changes', () => {
    test.each(['one by one', 'all at once'])('of any kind, made %s, leave what they say', async (how) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const location = await fixture.newLocation();
          const model = new Model();
          const requests = steps.flatMap((one) => model.take(one) ?? []);
          const store = await openJobStore(location);
          if (how === 'all at once') await Promise.all(requests.map((request) => request(store)));
          else for (const request of requests) await request(store);
          await store.close();
          expect(await withStore(location, contentsOf)).toEqual(model.contents);
        }),
        { numRuns: fixture.runs },
      );
    });
  });
}
