import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchedTask } from '../../test-helpers/launched-task.ts';
import type { Call } from '../gen/executor.ts';
import type { TaskState } from '../gen/mesos.ts';
import { Unacknowledged } from './unacknowledged.ts';

let updates = 0;

function update(id: string, state: TaskState): Call.Update {
  const uuid = new Uint8Array(16);
  new DataView(uuid.buffer).setUint32(0, updates++);
  return { status: { task_id: { value: id }, state, uuid } };
}

const acknowledgement = ({ status }: Call.Update) => ({
  task_id: status.task_id,
  uuid: Uint8Array.from(status.uuid ?? []),
});

const names = (tasks: Unacknowledged['tasks']) => tasks.map(({ task_id }) => task_id.value);

type Step =
  | { readonly type: 'launch' | 'end' | 'foreign'; readonly id: string }
  | { readonly type: 'update'; readonly id: string; readonly state: TaskState }
  | { readonly type: 'acknowledge' | 'withdraw'; readonly index: number };

const id = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constantFrom('launch', 'end', 'foreign'), id }),
  fc.record({
    type: fc.constant('update'),
    id,
    state: fc.constantFrom<TaskState>('TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'),
  }),
  fc.record({ type: fc.constantFrom('acknowledge', 'withdraw'), index: fc.nat(5) }),
);

/** The same in the simplest words. */
class Model {
  readonly book = new Unacknowledged();
  readonly live = new Set<string>();
  readonly tasks = new Set<string>();
  waiting: Call.Update[] = [];

  take(step: Step): void {
    if (step.type === 'launch') {
      this.book.launched([launchedTask(step.id)]);
      this.live.add(step.id);
      this.tasks.delete(step.id);
      this.tasks.add(step.id);
    } else if (step.type === 'foreign') {
      this.book.acknowledged(acknowledgement(update(step.id, 'TASK_RUNNING')));
    } else if ('index' in step) this.#settle(step);
    else this.#update(update(step.id, 'state' in step ? step.state : 'TASK_FAILED'));
  }

  #update(one: Call.Update): void {
    const { value } = one.status.task_id;
    if (!this.live.has(value)) {
      expect(() => this.book.add(one)).toThrow(expect.objectContaining({ code: 'INVALID_MESSAGE' }));
      return;
    }
    this.book.add(one);
    this.waiting.push(one);
    if (one.status.state === 'TASK_FAILED') this.live.delete(value);
  }

  #settle({ type, index }: Extract<Step, { readonly index: number }>): void {
    const one = this.waiting[index];
    if (!one) return;
    this.waiting = this.waiting.filter((other) => other !== one);
    const { value } = one.status.task_id;
    if (type === 'acknowledge') {
      expect(this.book.acknowledged(acknowledgement(one))).toBe(one);
      this.tasks.delete(value);
    } else {
      this.book.withdraw(one);
      if (one.status.state === 'TASK_FAILED') this.live.add(value);
    }
  }
}

describe('Unacknowledged', () => {
  it('holds updates in order until each is acknowledged, and tasks until one of theirs is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const one of steps) {
          model.take(one);
          expect(model.book.updates).toStrictEqual(model.waiting);
          expect(new Set(names(model.book.tasks))).toStrictEqual(model.tasks);
        }
      }),
    );
  });

  it('refuses an update of a task that was not launched', () => {
    expect(() => new Unacknowledged().add(update('a', 'TASK_RUNNING'))).toThrow(
      /TASK_RUNNING of a was not sent/,
    );
  });

  it('refuses an update after that which ended the task, until it is launched again', () => {
    const book = new Unacknowledged();
    book.launched([launchedTask('a')]);
    book.add(update('a', 'TASK_FINISHED'));
    expect(() => book.add(update('a', 'TASK_RUNNING'))).toThrow(/it has ended/);
    book.launched([launchedTask('a')]);
    book.add(update('a', 'TASK_RUNNING'));
    expect(book.updates).toHaveLength(2);
  });
});
