import type { Attempt, TaskRecord } from '../model/task.ts';
import { type Limits, nothingSpent, type Spent, spentOn } from './retry-rules.ts';
import { isThrough, unionKeyOf } from './task-table.ts';
import { spentOnUnion } from './union-rules.ts';

/** The last attempt at a task that still waits for it. */
export const currentAttempt = ({ state, attempts }: TaskRecord): Attempt | undefined =>
  state === 'active' ? attempts.at(-1) : undefined;

/** The attempts at a task that it waits for no longer. */
export const earlierAttempts = ({ state, attempts }: TaskRecord): readonly Attempt[] =>
  state === 'active' ? attempts.slice(0, -1) : attempts;

/** What the attempts that are in a store have used up, record by record, as it was counted when they ended. */
export function spentOnAll(records: readonly TaskRecord[], limits: Limits): Spent[] {
  const unions = new Map<string, number[]>();
  const spent = records.map((record, index) => {
    if (isThrough(record.state)) return nothingSpent;
    const key = unionKeyOf(record.spec);
    if (key === undefined) return spentOn(record.spec, earlierAttempts(record), limits);
    const members = unions.get(key);
    if (members) members.push(index);
    else unions.set(key, [index]);
    return nothingSpent;
  });
  for (const indexes of unions.values()) {
    const members = indexes.map((index) => {
      const record = records[index] as TaskRecord;
      return { spec: record.spec, attempts: earlierAttempts(record) };
    });
    for (const [place, each] of spentOnUnion(members, limits).entries())
      spent[indexes[place] as number] = each;
  }
  return spent;
}
