import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** One contender: does its work once and answers the seconds that count. */
export interface Contender {
  readonly name: string;
  run(): Promise<number>;
}

/** The medians of several rounds in which all contenders take turns, so that a busy machine is busy for all. */
export async function compete(
  contenders: readonly Contender[],
  { rounds }: { readonly rounds: number },
): Promise<readonly number[]> {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      process.stderr.write(`  round ${round + 1} of ${rounds}: ${contender.name}\n`);
      times[index]?.push(await contender.run());
    }
  }
  return times.map(median);
}

/** NaN of none. */
export const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** The number that so large a share of them, from 0 to 1, does not exceed. NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The seconds that `work` takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** A table in Markdown; the first row is its heading. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [heading = [], ...body] = rows;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(heading), rule, ...body.map(line)].join('\n');
}

/** Prints a table in Markdown, so that it can be copied into docs/benchmarks.md as it is. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  console.log(['', `**${title}**`, '', markdownTable(rows)].join('\n'));
}

/** The kind of machine that figures are taken on, and how busy it is with other things. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]?.toFixed(1);
  return `${availableParallelism()} cores (${model}), ${memory} GiB, ${process.platform}, Node ${process.version}, load ${load}`;
}
