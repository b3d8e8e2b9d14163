import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, AttemptId, TaskId, TaskRecord, TaskSpec } from '@galaxy-mesos/scheduler';

/** What ran of a task, in the words of its commands. */
interface Runs {
  readonly began: readonly AttemptId[];
  readonly ended: readonly AttemptId[];
}

/** How what ran compares with what the store says. */
export interface Account {
  /** What must never be; empty if all is well. */
  readonly wrong: readonly string[];
  /** Attempts that ran though they are not the one that counts. */
  readonly doubled: readonly Attempt[];
}

const noRuns: Runs = { began: [], ended: [] };

/**
 * Files in which the commands of tasks write down that they run, whatever the scheduler or the cluster know of it:
 * one file for each task, with two lines for each attempt.
 */
export class Ledger {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'ran'), { recursive: true });
  }

  /** A task that writes down that it began, does what `body` says, and writes down that it ended. */
  task(id: TaskId, body: string, changes: Partial<TaskSpec> = {}): TaskSpec {
    const write = (what: string) =>
      `echo "$GALAXY_MESOS_ATTEMPT_ID ${what}" >>'${join(this.#folder, 'ran', id)}'`;
    return {
      id,
      name: id,
      command: `${write('began')}; ${body}; ${write('ended')}`,
      environment: {},
      resources: { cpus: 1, mem: 32, disk: 0 },
      retries: 0,
      ...changes,
    };
  }

  /** A task that ends once {@link let} is called for it. */
  heldTask(id: TaskId, changes: Partial<TaskSpec> = {}): TaskSpec {
    return this.task(id, `until [ -e '${this.#goFile(id)}' ]; do sleep 0.05; done`, changes);
  }

  /** Lets tasks that are held end, the attempts that come later too. */
  let(...ids: TaskId[]): void {
    for (const id of ids) writeFileSync(this.#goFile(id), '');
  }

  runsOf(id: TaskId): Runs {
    return this.#read().get(id) ?? noRuns;
  }

  /** Whether every task has finished exactly once, and nothing ran that the store does not know. */
  account(records: readonly TaskRecord[]): Account {
    const runs = this.#read();
    const accounts = records.map((record) => accountFor(record, runs.get(record.spec.id) ?? noRuns));
    const known = new Set(records.map(({ spec }) => spec.id));
    const strangers = [...runs.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${id} is not in the store`);
    return {
      wrong: [...strangers, ...accounts.flatMap(({ wrong }) => wrong)],
      doubled: accounts.flatMap(({ doubled }) => doubled),
    };
  }

  #goFile(id: TaskId): string {
    return join(this.#folder, `go-${id}`);
  }

  #read(): Map<TaskId, Runs> {
    const folder = join(this.#folder, 'ran');
    return new Map(readdirSync(folder).map((id) => [id, runsIn(readFileSync(join(folder, id), 'utf8'))]));
  }
}

function runsIn(text: string): Runs {
  const lines = text.split('\n').map((line) => line.split(' '));
  const attemptsThat = (what: string) => lines.flatMap(([id = '', did]) => (did === what ? [id] : []));
  return { began: attemptsThat('began'), ended: attemptsThat('ended') };
}

const count = <T>(list: readonly T[], wanted: T): number => list.filter((item) => item === wanted).length;

function accountFor({ spec, state, attempts }: TaskRecord, { began, ended }: Runs): Account {
  const finished = attempts.filter((attempt) => attempt.state === 'TASK_FINISHED').map(({ id }) => id);
  const [counted = ''] = finished;
  const wrong: string[] = [];
  const expect = (isSo: boolean, what: string) => {
    if (!isSo) wrong.push(`${spec.id}: ${what}`);
  };
  expect(state === 'finished', `is ${state}: ${JSON.stringify(attempts)}`);
  expect(finished.length === 1, `finished as ${finished.join(', ') || 'no attempt'}`);
  expect(count(began, counted) === 1 && count(ended, counted) === 1, `${counted} ran ${began} to ${ended}`);
  expect(new Set(began).size === began.length, `an attempt began twice: ${began}`);
  const unknown = began.filter((id) => !attempts.some((attempt) => attempt.id === id));
  expect(unknown.length === 0, `attempts ran that are not in the store: ${unknown}`);
  const doubled = attempts.filter(({ id }) => id !== counted && began.includes(id));
  return { wrong, doubled };
}
