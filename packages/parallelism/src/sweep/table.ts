import { readFile, stat } from 'node:fs/promises';
import { PlanError } from '../plan-error.ts';
import { type Combinations, combinationsOfRows } from './combinations.ts';

/** A table of 100,000 combinations, which are as many as may be, is far smaller. */
const mostBytes = 64 * 1024 * 1024;

const nameOfColumn = /^[A-Za-z_]\w*$/;

/**
 * The combinations that stand in a file: its first line names the parameters, each further line has a value for each.
 * Fields are separated by tabs, or by commas where the first line has no tab (RFC 4180).
 * @throws PlanError INVALID_TABLE that names the line
 */
export async function combinationsOfTable(path: string): Promise<Combinations> {
  const text = await textOf(path);
  const separator = /^[^\r\n]*\t/.test(text) ? '\t' : ',';
  const [names = [], ...rows] = separator === '\t' ? tabbed(text) : commaSeparated(path, text);
  const faulty = names.find((name) => !nameOfColumn.test(name));
  if (faulty !== undefined)
    throw fault(
      path,
      1,
      `expected names of parameters (letters, digits and _), found ${JSON.stringify(faulty)}`,
    );
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

async function textOf(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size <= mostBytes) return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  throw fault(path, 1, `a table of combinations has at most ${mostBytes} bytes, and this file has ${size}`);
}

const tabbed = (text: string): string[][] => linesOf(text).map((line) => line.split('\t'));

const linesOf = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  return lines;
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
    rows.push(row);
    row = [];
  }
  return rows;
}

const fault = (path: string, line: number, text: string): PlanError =>
  new PlanError('INVALID_TABLE', `${path}, line ${line}: ${text}`);
