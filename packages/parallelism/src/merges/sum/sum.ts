import { recordFormatNamed } from '@galaxy-mesos/formats';
import { PlanError } from '../../plan-error.ts';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, withPart, wrongPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import { FirstHeader } from '../header/first-header.ts';
import { framesOf } from '../header/join-frames.ts';
import type { PartFrame } from '../header/part-frame.ts';
import { ContentWindow } from '../k-way/content-window.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import {
  type CountParameters,
  countParametersSchema,
  type HistogramParameters,
  histogramParametersSchema,
  type SumParameters,
  sumParametersSchema,
} from './parameters.ts';
import { type Operation, Quantities } from './quantities.ts';

/** So many keys of some twenty letters take 100 MB. */
const mostKeys = 250_000;

const newline = 0x0a;

/** What is gathered of the lines of all parts. */
interface Gathering {
  readonly merge: string;
  readonly parameters: SumParameters;
  /** Lines are counted, and need no column of numbers. */
  readonly counts: boolean;
}

interface ValueColumn {
  readonly column: number;
  readonly by: Operation;
  readonly weight?: number | undefined;
}

async function* linesOf(
  { part, from }: PartFrame,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly text: string; readonly number: number }> {
  const window = new ContentWindow(part.path, signal);
  try {
    await window.skip(from);
    for (let number = 1; await window.reach(1); number += 1) {
      let end = window.bytes.indexOf(newline, window.at);
      while (end === -1 && (await window.more())) end = window.bytes.indexOf(newline, window.at);
      const to = end === -1 ? window.bytes.length : end;
      const text = window.bytes.toString('latin1', window.at, to).replace(/\r$/, '');
      window.at = Math.min(window.bytes.length, to + 1);
      if (text.trim() !== '') yield { text, number };
    }
  } finally {
    await window.close();
  }
}

/** Gathers the lines of all parts by their keys. */
class Totals {
  readonly #gathering: Gathering;
  /** The number of each key, in the order in which they came. */
  readonly #numbers = new Map<string, number>();
  /** The first line with each key. */
  readonly #lines: string[] = [];
  #quantities: readonly Quantities[] = [];
  #columns: number | undefined;
  #keys: readonly number[] = [];
  #values: readonly ValueColumn[] = [];

  constructor(gathering: Gathering) {
    this.#gathering = gathering;
  }

  add(part: NumberedPart, text: string, line: number): void {
    const cells = this.#cellsOf(text);
    this.#expectColumns(part, cells, line);
    const key = this.#keys.map((column) => cells[column - 1] ?? '').join('\0');
    const number = this.#numbers.get(key) ?? this.#begin(key, text);
    for (const [index, { column, weight }] of this.#values.entries()) {
      const [value, weighed] = [
        cells[column - 1] ?? '',
        weight === undefined ? undefined : cells[weight - 1],
      ];
      if (this.#quantities[index]?.add(number, value, weighed) === true) continue;
      const found = weighed === undefined ? value : `${value} and ${weighed}`;
      throw wrongPart(part, `found ${JSON.stringify(found)} in column ${column}, expected a number`, {
        line,
      });
    }
    if (this.#gathering.counts) this.#quantities[0]?.add(number, '1');
  }

  *lines(): Generator<string> {
    const { order, separator } = this.#gathering.parameters;
    const numbers = Uint32Array.from(this.#lines.keys());
    if (order !== 'first') numbers.sort((one, other) => this.#compare(one, other, order));
    for (const number of numbers) {
      const cells = this.#cellsOf(this.#lines[number] ?? '');
      const texts = this.#quantities.map((quantities) => quantities.textOf(number));
      const keys = this.#keys.map((column) => cells[column - 1] ?? '');
      for (const [index, { column }] of this.#values.entries()) cells[column - 1] = texts[index] ?? '';
      yield (this.#gathering.counts ? [...keys, ...texts] : cells).join(separator);
    }
  }

  #cellsOf(text: string): string[] {
    const { separator } = this.#gathering.parameters;
    return separator === ' ' ? text.trim().split(/[ \t]+/) : text.split(separator);
  }

  #expectColumns(part: NumberedPart, cells: readonly string[], line: number): void {
    if (this.#columns === undefined) this.#setColumns(cells.length);
    if (cells.length === this.#columns && cells.length >= Math.max(0, ...this.#used())) return;
    const expected = Math.max(this.#columns ?? 0, ...this.#used());
    throw wrongPart(part, `has ${cells.length} columns, expected ${expected}`, { line });
  }

  #used(): readonly number[] {
    return [...this.#keys, ...this.#values.flatMap(({ column, weight = column }) => [column, weight])];
  }

  #setColumns(count: number): void {
    const { parameters, counts } = this.#gathering;
    const all = Array.from({ length: count }, (_, index) => index + 1);
    this.#columns = count;
    this.#values = counts ? [] : (parameters.values ?? [{ column: count, by: 'sum' }]);
    const values = new Set(this.#values.map(({ column }) => column));
    const operations = counts ? (['sum'] as const) : this.#values.map(({ by }) => by);
    this.#quantities = operations.map((operation) => new Quantities(operation));
    this.#keys = parameters.keys ?? all.filter((column) => !values.has(column));
  }

  #begin(key: string, line: string): number {
    const number = this.#lines.length;
    if (number >= mostKeys) {
      const { merge } = this.#gathering;
      const text = `merge ${merge}: there are more than ${mostKeys} different keys, which would take too much memory; take fewer key columns, or reduce by a command`;
      throw new PlanError('PARTS_DISAGREE', text);
    }
    this.#lines.push(line);
    this.#numbers.set(key, number);
    return number;
  }

  #compare(one: number, other: number, order: 'text' | 'number'): number {
    const [first, second] = [this.#cellsOf(this.#lines[one] ?? ''), this.#cellsOf(this.#lines[other] ?? '')];
    for (const column of this.#keys) {
      const [left, right] = [first[column - 1] ?? '', second[column - 1] ?? ''];
      if (left === right) continue;
      const difference = order === 'number' ? Number(left) - Number(right) : 0;
      if (difference !== 0 && !Number.isNaN(difference)) return difference;
      return left < right ? -1 : 1;
    }
    return 0;
  }
}

const gather = async (request: JoinRequest<unknown>, gathering: Gathering): Promise<void> => {
  const { signal } = request;
  const union = new FirstHeader('same');
  const format = recordFormatNamed(gathering.parameters.format);
  const frames = await framesOf(expectParts(gathering.merge, request), format, union, signal);
  const totals = new Totals(gathering);
  const headerLines = Buffer.from(union.header).filter((byte) => byte === newline).length;
  for (const frame of frames) {
    await withPart(frame.part, async () => {
      const before = frame.from === 0 ? 0 : headerLines;
      for await (const { text, number } of linesOf(frame, signal))
        totals.add(frame.part, text, before + number);
    });
  }
  await writeResult(request, async (result) => {
    await result.write(union.header);
    for (const line of totals.lines()) await result.write(Buffer.from(`${line}\n`, 'latin1'));
  });
};

/** Adds up what parts have counted, or takes the least, the greatest, the mean. */
export const sum: Merge<SumParameters> = {
  name: 'sum',
  description:
    'Makes one line of those with the same keys, in all parts: their values are added up, or the least, greatest or ' +
    'mean is taken. Unless told otherwise, the last column is the value and the others are the keys.',
  parameters: sumParametersSchema,
  how: {
    kind: 'here',
    join: (request) => gather(request, { merge: 'sum', parameters: request.parameters, counts: false }),
  },
};

/** Counts lines by key. */
export const count: Merge<CountParameters> = {
  name: 'count',
  description: 'Counts how many lines of all parts have the same keys: the keys, and behind them the number.',
  parameters: countParametersSchema,
  how: {
    kind: 'here',
    join: (request) => gather(request, { merge: 'count', parameters: request.parameters, counts: true }),
  },
};

/** Adds up histograms. */
export const histogram: Merge<HistogramParameters> = {
  name: 'histogram',
  description:
    'Adds up histograms: a line for each bin, in rising order; the last column is how many there are.',
  parameters: histogramParametersSchema,
  how: {
    kind: 'here',
    join: (request) =>
      gather(request, {
        merge: 'histogram',
        parameters: { ...request.parameters, order: 'number' },
        counts: false,
      }),
  },
};
