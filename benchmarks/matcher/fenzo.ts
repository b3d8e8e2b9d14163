import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../mesos-decode/peers.ts';
import type { Mix } from './mix.ts';
import { Truth } from './truth.ts';

const run = promisify(execFile);
const sources = fileURLToPath(new URL('../fenzo', import.meta.url));
const folder = join(cacheFolder, 'fenzo');

/** How Fenzo is to go through a mix. */
export interface FenzoRun {
  /** From 0 to 1: the first agent with this fitness is taken; with 1 all agents are looked at. */
  readonly goodEnough: number;
  readonly tasksPerRound: number;
  /** So many times, each with empty agents; the last counts. */
  readonly runs: number;
  /** No further round begins after this. */
  readonly seconds: number;
}

/** What came of a contender's way through a mix. */
export interface Rounds {
  /** Of each round. */
  readonly milliseconds: readonly number[];
  readonly placed: number;
  /** The share of all cores that was in use at the end, from 0 to 1. */
  readonly fill: number;
}

/** Fenzo, built once for each process that asks. */
export class Fenzo {
  readonly #classPath: string;

  private constructor(classPath: string) {
    this.#classPath = classPath;
  }

  static #built: Promise<Fenzo | undefined> | undefined;

  /** Undefined, and a line that says so, where it cannot be had. */
  static get(): Promise<Fenzo | undefined> {
    Fenzo.#built ??= Fenzo.#build().catch((error: unknown) => {
      const [reason] = String(error).split('\n');
      console.log(`\nSkipped: Fenzo, which cannot be had here (${reason}).`);
      return undefined;
    });
    return Fenzo.#built;
  }

  static async #build(): Promise<Fenzo> {
    await mkdir(folder, { recursive: true });
    await cp(sources, folder, { recursive: true });
    const goals = ['compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath.txt'];
    await run('mvn', ['-q', '-B', ...goals], { cwd: folder });
    const libraries = await readFile(join(folder, 'classpath.txt'), 'utf8');
    return new Fenzo([join(folder, 'target', 'classes'), libraries.trim()].join(delimiter));
  }

  /** Goes through a mix. Throws where it placed a task wrongly. */
  async rounds(mix: Mix, { goodEnough, tasksPerRound, runs, seconds }: FenzoRun): Promise<Rounds> {
    const path = join(folder, 'mix.txt');
    await writeFile(path, linesOf(mix));
    const parameters = [path, goodEnough, tasksPerRound, runs, seconds].map(String);
    const { stdout } = await run('java', ['-Xmx4g', '-cp', this.#classPath, 'FenzoRounds', ...parameters], {
      maxBuffer: 2 ** 28,
    });
    return readRounds(stdout, mix);
  }
}

function linesOf({ agents, tasks }: Mix): string {
  const lines = [
    ...agents.map(({ id, cpus, mem, zone, rack }) => `agent ${id} ${cpus} ${mem} ${zone} ${rack}`),
    ...tasks.map(({ id, job, cpus, mem, rule }) => `task ${id} ${job} ${cpus} ${mem} ${rule}`),
  ];
  return `${lines.join('\n')}\n`;
}

function readRounds(output: string, mix: Mix): Rounds {
  const truth = new Truth(mix);
  const milliseconds: number[] = [];
  for (const line of output.split('\n')) {
    const [word, first = '', second = ''] = line.split(' ');
    if (word === 'round') milliseconds.push(Number(first) / 1e6);
    if (word === 'placed') truth.place(first, second);
  }
  truth.checkJobs();
  return { milliseconds, placed: truth.placed, fill: truth.fill };
}
