import { openDecoded, type RecordFormat, recordFormatNamed } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, withPart, wrongPart } from '../files/name-part.ts';
import { type ResultFile, writeResult } from '../files/result-file.ts';
import { type ValueColumns, valueColumns } from '../files/value-columns.ts';
import { FirstHeader } from '../header/first-header.ts';
import { framesOf } from '../header/join-frames.ts';
import type { PartFrame } from '../header/part-frame.ts';
import type { JoinRequest, Merge } from '../merge.ts';

const parametersSchema = z.strictObject({
  format: z.enum(['tabular', 'tsv', 'csv', 'text']).default('tabular'),
});

/** What the merge `table` takes. */
export type TableParameters = z.infer<typeof parametersSchema>;

const newline = 0x0a;

/** A value as a cell: quoted where CSV wants it, and without what would end a cell of a table between tabs. */
const cellOf = (text: string, separator: string): string => {
  if (separator === '\t') return text.replace(/[\t\r\n]/g, ' ');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** What stands before each line. */
const prefixOf = (cells: readonly string[], separator: string): Buffer =>
  Buffer.from(cells.map((cell) => `${cellOf(cell, separator)}${separator}`).join(''));

/** The line of columns with those of the parts before it; other lines of a header stay as they are. */
const headerOf = (header: Uint8Array, columns: ValueColumns, separator: string): Buffer => {
  if (header.length === 0) return Buffer.alloc(0);
  const text = Buffer.from(header)
    .toString('latin1')
    .replace(/[\r\n]+$/, '');
  const from = separator === ',' ? 0 : text.lastIndexOf('\n') + 1;
  const line = text.slice(from);
  const hash = line.startsWith('#') ? '#' : '';
  const names = prefixOf(columns.names, separator).toString('latin1');
  return Buffer.from(`${text.slice(0, from)}${hash}${names}${line.slice(hash.length)}\n`, 'latin1');
};

/** Writes the records of a part, each behind the prefix. */
const copyRecords = async (
  result: ResultFile,
  {
    part,
    format,
    prefix,
  }: { readonly part: NumberedPart; readonly format: RecordFormat; readonly prefix: Buffer },
  signal: AbortSignal | undefined,
): Promise<void> => {
  await using source = await openDecoded(part.path, { signal });
  const scanner = format.scanner();
  let pending = Buffer.alloc(0);
  let offset = 0;
  let hasBegun = false;
  let last: number | undefined;
  const take = async (starts: readonly number[]): Promise<void> => {
    for (const start of starts) {
      if (hasBegun) await result.write(pending.subarray(0, start - offset));
      hasBegun = true;
      pending = pending.subarray(start - offset);
      offset = start;
      await result.write(prefix);
    }
  };
  for await (const chunk of source) {
    pending = Buffer.concat([pending, chunk]);
    last = chunk.at(-1) ?? last;
    await take(scanner.push(chunk));
  }
  await take(scanner.end().starts);
  if (!hasBegun) return;
  await result.write(pending);
  if (last !== newline) await result.write(Buffer.from('\n'));
};

const join = async (request: JoinRequest<TableParameters>): Promise<void> => {
  const { parameters, signal } = request;
  const parts = expectParts('table', request);
  const format = recordFormatNamed(parameters.format);
  const separator = parameters.format === 'csv' ? ',' : '\t';
  const columns = valueColumns('table', parts);
  const union = new FirstHeader('same');
  const frames = await framesOf(parts, format, union, signal);
  for (const frame of frames) expectPlain(frame);
  await writeResult(request, async (result) => {
    await result.write(headerOf(union.header, columns, separator));
    for (const { part } of frames) {
      const prefix = prefixOf(columns.valuesOf(part), separator);
      await withPart(part, () => copyRecords(result, { part, format, prefix }, signal));
    }
  });
};

const expectPlain = ({ part, compression }: PartFrame): void => {
  if (compression === 'none') return;
  throw wrongPart(part, `expected text, found a file that is compressed (${compression})`);
};

/** Puts the tables of all parts into one, with what distinguishes the parts in columns before theirs. */
export const table: Merge<TableParameters> = {
  name: 'table',
  description:
    'Joins tables into one whose first columns hold the values of the part that each line came from, such as the ' +
    'parameters of a sweep; its label, or number, where it has no values.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
