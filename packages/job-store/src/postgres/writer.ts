import type { Writer } from '../backend.ts';
import { forEachInTurns } from '../turns.ts';
import type { Writes } from '../writes.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** A call with more takes too long to put together in one turn of the event loop. */
const rowsInACall = 5000;

/** Far below what a text can hold, here and in PostgreSQL. */
const charactersInACall = 8 * 1024 * 1024;

/** Writes rows of all tables, each commit as one transaction. */
export class PostgresWriter implements Writer {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  async write(writes: readonly Writes[]): Promise<void> {
    const parts: Cell[][][] = [];
    for (const one of writes) parts.push(...(await partsOf(one)));
    await this.#database.write('write_rows', ...parts);
  }
}

type Cell = string | number;

/** What belongs into the columns from `first` on. */
interface WrittenRow {
  readonly first: number;
  readonly cells: readonly Cell[];
}

/** The parameters of `write_rows`, by the first column of each kind of row. */
const columns = {
  jobs: 0,
  jobMoves: 3,
  tasks: 7,
  states: 10,
  attempts: 12,
  updates: 17,
  removedTasks: 19,
  removedJobs: 20,
  events: 21,
  records: 25,
  removedRecords: 28,
  frameworks: 30,
} as const;
const columnCount = 32;

/** Rows in the order in which `write_rows` writes them: a later part must not need what an earlier one removed. */
function* rowsOf(writes: Writes): Generator<WrittenRow> {
  for (const { id, document, time } of writes.jobs)
    yield { first: columns.jobs, cells: [id, document, time] };
  for (const [id, { state, outcome = '', time }] of writes.jobMoves)
    yield { first: columns.jobMoves, cells: [id, state, outcome, time] };
  for (const { id, state, document } of writes.tasks)
    yield { first: columns.tasks, cells: [id, state, document] };
  for (const cells of writes.states) yield { first: columns.states, cells };
  for (const { id, taskId, number, cluster, document } of writes.attempts)
    yield { first: columns.attempts, cells: [id, taskId, number, cluster, document] };
  for (const cells of writes.updates) yield { first: columns.updates, cells };
  for (const id of writes.removedTasks) yield { first: columns.removedTasks, cells: [id] };
  for (const id of writes.removedJobs) yield { first: columns.removedJobs, cells: [id] };
  for (const { sequence, jobId, time, document } of writes.events)
    yield { first: columns.events, cells: [sequence, jobId, time, document] };
  for (const { kind, key, value } of writes.records)
    yield { first: columns.records, cells: [kind, key, value] };
  for (const { kind, key } of writes.removedRecords)
    yield { first: columns.removedRecords, cells: [kind, key] };
  for (const cells of writes.frameworks) yield { first: columns.frameworks, cells };
}

const newPart = (): Cell[][] => Array.from({ length: columnCount }, () => []);

/** What calls of `write_rows` are given: one, unless there is a lot to write. */
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
