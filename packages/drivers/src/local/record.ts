import type { AttemptId, Resources } from '@galaxy-mesos/scheduler';
import { type CommandEnd, endFromShell } from './command-end.ts';
import { parseProcessStat } from './process-stat.ts';

/** What must be known of an attempt to go on with it after a restart of the driver. */
export interface AttemptRecord {
  /** Names the boot of the machine, so that no process of an earlier one is taken for this one's. */
  readonly bootId: string;
  /** By a clock that begins with each boot and does not jump, as the time of day does when it is put right. */
  readonly startedAt: number;
  readonly resources: Resources;
  /** Those that it was assigned; absent: none. */
  readonly ports?: readonly number[];
  /** All attempts of its group, if it has one: they end together. */
  readonly group?: readonly AttemptId[];
  readonly maximumRunSeconds?: number;
}

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system gives it; only ever compared. */
  readonly startTime: string;
}

/** What the record file of an attempt says. */
export type RecordedLife =
  /** There is no file. */
  | { readonly kind: 'none' }
  /** The file cannot be read now, as when this process has too many files open. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** The file is there and not complete: its wrapper is just starting, or was killed then. */
  | { readonly kind: 'starting' }
  /** A driver has given up the attempt before its command was started; it never will be. */
  | { readonly kind: 'abandoned' }
  /** No end is recorded. Whether the process still lives must be asked of the system. */
  | { readonly kind: 'running'; readonly process: ProcessIdentity; readonly record: AttemptRecord }
  | { readonly kind: 'ended'; readonly end: CommandEnd };

/** What a driver writes into the record file of an attempt that it gives up. */
export const abandonedMark = 'abandoned\n';

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const readResources = (value: unknown): Resources | undefined => {
  if (!isObject(value)) return undefined;
  const { cpus, mem, disk } = value;
  return isAmount(cpus) && isAmount(mem) && isAmount(disk) ? { cpus, mem, disk } : undefined;
};

const isListOf = <Item>(value: unknown, isItem: (item: unknown) => item is Item): value is Item[] =>
  Array.isArray(value) && value.every(isItem);

const isText = (value: unknown): value is string => typeof value === 'string';

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Half a line of JSON is what a full disk leaves; to the caller it is no record.
    return undefined;
  }
};

/** One line of JSON as the wrapper carries it, `undefined` if it is not a whole record. */
export const parseRecord = (line: string): AttemptRecord | undefined => {
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  const { bootId, startedAt, maximumRunSeconds, ports, group } = value;
  const resources = readResources(value.resources);
  if (typeof bootId !== 'string' || !isAmount(startedAt) || resources === undefined) return undefined;
  return {
    bootId,
    startedAt,
    resources,
    ...(isListOf(ports, isAmount) && { ports }),
    ...(isListOf(group, isText) && { group }),
    ...(isAmount(maximumRunSeconds) && { maximumRunSeconds }),
  };
};

// `PID START TIME` comes from ps, where there is no /proc.
const parseIdentity = (line: string): ProcessIdentity | undefined => {
  const stat = parseProcessStat(line);
  if (stat !== undefined) return { pid: stat.pid, startTime: stat.startTime };
  const [, pid, startTime] = /^(\d+) +(\S.*?) *$/.exec(line) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
};

/** Reads the whole text of a record file. A last line without its end of line does not count. */
export const parseRecordFile = (text: string): RecordedLife => {
  if (text === abandonedMark) return { kind: 'abandoned' };
  const [identityLine, recordLine, ...rest] = text.split('\n').slice(0, -1);
  if (identityLine === undefined || recordLine === undefined) return { kind: 'starting' };
  const identity = parseIdentity(identityLine);
  const record = parseRecord(recordLine);
  if (identity === undefined || record === undefined) return { kind: 'starting' };
  const [, status] = /^status (\d+)$/.exec(rest.at(-1) ?? '') ?? [];
  return status === undefined
    ? { kind: 'running', process: identity, record }
    : { kind: 'ended', end: endFromShell(Number(status), rest.length > 1) };
};
