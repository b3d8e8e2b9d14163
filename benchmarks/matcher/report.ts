import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { machine, markdownTable, printTable } from '../measure.ts';

const folder = new URL('../../docs/benchmarks/', import.meta.url);

/** One point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
  /** The contender. */
  readonly curve: string;
}

/** How a plot is labelled. */
export interface PlotLabels {
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

/** Collects what a part of the benchmark found out, prints it, and writes it to a file of docs/benchmarks. */
export class Report {
  readonly #name: string;
  readonly #paragraphs: string[];

  /** `name` is that of the part, and of the file. */
  constructor(name: string, title: string) {
    this.#name = name;
    const about = `Written by \`npm run bench -- ${name}\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}.`;
    this.#paragraphs = [`# ${title}`, about];
  }

  text(paragraph: string): void {
    this.#paragraphs.push(paragraph);
    console.log(`\n${paragraph}`);
  }

  /** The first row is the heading. */
  table(title: string, rows: readonly (readonly string[])[]): void {
    this.#paragraphs.push(`## ${title}`, markdownTable(rows));
    printTable(title, rows);
  }

  /** Writes curves over two logarithmic axes to an SVG of its own, and shows it in the file. */
  async plot(file: string, labels: PlotLabels, points: readonly Point[]): Promise<void> {
    this.#paragraphs.push(`![${labels.title}](${file}.svg)`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(`${file}.svg`, folder), `${await drawCurves(labels, points)}\n`);
  }

  write(): void {
    mkdirSync(folder, { recursive: true });
    const path = new URL(`${this.#name}.md`, folder);
    writeFileSync(path, `${this.#paragraphs.join('\n\n')}\n`);
    process.stderr.write(`  written to ${fileURLToPath(path)}\n`);
  }
}

async function drawCurves(labels: PlotLabels, points: readonly Point[]): Promise<string> {
  const axis = (field: 'x' | 'y') => ({
    field,
    type: 'quantitative' as const,
    scale: { type: 'log' as const },
    axis: { title: labels[field], format: '~s', grid: field === 'y' },
  });
  const specification: TopLevelSpec = {
    title: labels.title,
    width: 560,
    height: 320,
    background: 'white',
    data: { values: [...points] },
    mark: { type: 'line', point: true },
    encoding: {
      x: axis('x'),
      y: axis('y'),
      color: {
        field: 'curve',
        type: 'nominal',
        title: null,
        sort: null,
        legend: { orient: 'bottom', columns: 1, labelLimit: 0 },
      },
    },
  };
  const view = new View(parse(compile(specification).spec), { renderer: 'none' });
  try {
    return titled(await view.toSVG(), labels.title);
  } finally {
    view.finalize();
  }
}

/** What Vega writes for screen readers is for a plot that can be used: of this one they are to read the title. */
const titled = (svg: string, title: string): string =>
  svg.replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, '').replace('>', `><title>${title}</title>`);

/** For tables: three figures that count, thousands apart. */
export function figure(number: number): string {
  if (Number.isNaN(number)) return '-';
  if (Math.abs(number) >= 1000) return Math.round(Number(number.toPrecision(3))).toLocaleString('en');
  return String(Number(number.toPrecision(3)));
}

/** For tables: a count, thousands apart. */
export const count = (number: number): string => number.toLocaleString('en');

/** For tables: a share from 0 to 1. */
export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
