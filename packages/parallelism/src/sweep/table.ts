import { quoteText } from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import { readText } from '../read-text.ts';
import { type Combinations, combinationsOfRows } from './combinations.ts';

/** A table of 100,000 combinations, which are as many as may be, is far smaller. */
const mostBytes = 16 * 1024 * 1024;

const nameOfColumn = /^[A-Za-z_]\w*$/;

/**
 * The combinations that stand in a file: its first line names the parameters, each further line has a value for each.
 * Fields are separated by tabs, or by commas where the first line has no tab (RFC 4180).
 * @throws PlanError INVALID_TABLE that names the line
 */
export async function combinationsOfTable(path: string, signal?: AbortSignal): Promise<Combinations> {
  const text = await textOf(path, signal);
  const separator = /^[^\r\n]*\t/.test(text) ? '\t' : ',';
  const [names = [], ...rows] = separator === '\t' ? tabbed(text) : commaSeparated(path, text);
  if (names.length === 0) throw fault(path, 1, 'expected names of parameters, found nothing');
  const faulty = names.find((name) => !nameOfColumn.test(name));
  if (faulty !== undefined)
    throw fault(path, 1, `expected names of parameters (letters, digits and _), found ${quoteText(faulty)}`);
  if (new Set(names).size < names.length) throw fault(path, 1, 'two columns have the same name');
  for (const [index, row] of rows.entries()) {
    if (row.length === names.length) continue;
    throw fault(
      path,
      index + 2,
      `expected ${names.length} values (${names.join(', ')}), found ${row.length}`,
    );
  }
  return combinationsOfRows(names, rows);
}

async function textOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const text = await readText(path, mostBytes, signal);
  if (text !== undefined) return text.replace(/^\uFEFF/, '');
  throw fault(path, 1, `a table of combinations has at most ${mostBytes} bytes, and this file has more`);
}

const tabbed = (text: string): string[][] =>
  withoutLastBlanks(text.split(/\r?\n/).map((line) => (line === '' ? [] : line.split('\t'))));

/** Blank lines at the end are no combinations, in which a single parameter is empty. */
const withoutLastBlanks = (rows: string[][]): string[][] => {
  while (rows.at(-1)?.length === 0) rows.pop();
  return rows;
};

/** One field and what ends it. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function commaSeparated(path: string, text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let offset = 0; offset < text.length || row.length > 0; ) {
    field.lastIndex = offset;
    const [all, quoted, plain = '', end] = field.exec(text) ?? [];
    if (all === undefined)
      throw fault(path, rows.length + 1, 'a quotation mark stands inside a field, or is not closed');
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    offset += all.length;
    if (end === ',') continue;
    // A value that is empty stands between quotes where it is the only one on its line.
    rows.push(row.length === 1 && all.trim() === '' ? [] : row);
    row = [];
  }
  return withoutLastBlanks(rows);
}

const fault = (path: string, line: number, text: string): PlanError =>
  new PlanError('INVALID_TABLE', `${path}, line ${line}: ${text}`);
