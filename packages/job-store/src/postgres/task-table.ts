import type { Row, TaskTable } from '../backend.ts';
import { forEachInTurns } from '../turns.ts';
import type { Writes } from '../writes.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** A call with more takes too long to put together in one turn of the event loop. */
const rowsInACall = 5000;

/** Far below what a text can hold, here and in PostgreSQL. */
const charactersInACall = 8 * 1024 * 1024;

/** Tasks, their attempts, and the frameworks that they run under. */
export class PostgresTaskTable implements TaskTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  async write(writes: Writes): Promise<void> {
    await this.#database.write('write_tasks', ...(await partsOf(writes)));
  }

  tasks(): Promise<readonly Row[]> {
    const sql = 'SELECT state, document FROM galaxy_mesos.tasks ORDER BY position';
    return this.#database.read(sql);
  }

  attempts(): Promise<readonly Row[]> {
    return this.#database.read('SELECT document FROM galaxy_mesos.attempts');
  }

  async hasProgress(): Promise<boolean> {
    const sql = "SELECT 1 FROM galaxy_mesos.tasks WHERE state IN ('finished', 'active') LIMIT 1";
    return (await this.#database.read(sql)).length > 0;
  }
}

type Cell = string | number;

/** What belongs into the columns from `first` on. */
interface WrittenRow {
  readonly first: number;
  readonly cells: readonly Cell[];
}

/** Rows in the order in which they can be written: attempts after the tasks that they are of. */
function* rowsOf({ tasks, states, attempts, updates, frameworks }: Writes): Generator<WrittenRow> {
  for (const { id, state, document } of tasks) yield { first: 0, cells: [id, state, document] };
  for (const cells of states) yield { first: 3, cells };
  for (const { id, taskId, number, cluster, document } of attempts)
    yield { first: 5, cells: [id, taskId, number, cluster, document] };
  for (const cells of updates) yield { first: 10, cells };
  for (const cells of frameworks) yield { first: 12, cells };
}

const newPart = (): Cell[][] => Array.from({ length: 14 }, () => []);

/** What calls of `write_tasks` are given: one, unless there is a lot to write. */
async function partsOf(writes: Writes): Promise<Cell[][][]> {
  let part = newPart();
  const parts = [part];
  let rows = 0;
  let characters = 0;
  await forEachInTurns(rowsOf(writes), ({ first, cells }) => {
    if (rows >= rowsInACall || characters >= charactersInACall) {
      part = newPart();
      parts.push(part);
      rows = 0;
      characters = 0;
    }
    rows++;
    for (const [index, cell] of cells.entries()) {
      part[first + index]?.push(cell);
      characters += typeof cell === 'string' ? cell.length : 1;
    }
  });
  return parts;
}
