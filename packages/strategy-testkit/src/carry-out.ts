import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  cutCommand,
  type FileRange,
  type Part,
  type PlanContext,
  type PlanInput,
  type Sidecar,
  type Strategy,
} from '@galaxy-mesos/parallelism';

const execute = promisify(execFile);

/** Shells take only so much at once; parts are cut in groups of so many characters of shell text. */
const longestScript = 100_000;

/** A part as a task has it before its command runs. */
export interface CutPart {
  readonly part: Part;
  /** Paths of what was cut, by the names of the inputs. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a strategy is asked to cut, with its parameters checked. */
export interface Request {
  readonly strategy: Strategy;
  readonly inputs: readonly PlanInput[];
  readonly parameters: unknown;
  /** Where the sidecar is kept. */
  readonly directory: string;
}

/** How long the command of every part runs, for strategies that go by it. */
const aSecond = (): Promise<number> => Promise.resolve(1);

/** Begins a plan whose sidecar is a new file of the directory. */
export async function planIn(
  { strategy, inputs, parameters, directory }: Request,
  context: Partial<PlanContext> = {},
): Promise<AsyncGenerator<Part>> {
  await mkdir(directory, { recursive: true });
  const sidecar = await sidecarIn(path.join(directory, 'sidecar'));
  return strategy.plan(inputs, parameters, { mesos: false, sidecar, took: aSecond, ...context });
}

async function sidecarIn(file: string): Promise<Sidecar> {
  await writeFile(file, '');
  const kept = new Map<string, FileRange>();
  return {
    async keep(bytes) {
      const key = createHash('sha256').update(bytes).digest('hex');
      const known = kept.get(key);
      if (known) return known;
      const range = { path: file, offset: (await stat(file)).size, length: bytes.length };
      await appendFile(file, bytes);
      kept.set(key, range);
      return range;
    },
  };
}

/** Cuts parts as tasks do, by a plain shell. */
export async function carryOut(parts: readonly Part[], directory: string): Promise<readonly CutPart[]> {
  await mkdir(directory, { recursive: true });
  const cut: CutPart[] = [];
  let script: string[] = [];
  for (const part of parts) {
    const files = new Map(
      part.slices.map(({ input }) => [input, path.join(directory, `${part.index} ${input}`)]),
    );
    for (const { input, pieces, beside = [] } of part.slices) {
      const file = files.get(input) ?? '';
      script.push(
        cutCommand(pieces, file),
        ...beside.map((one) => cutCommand(one.pieces, file + one.suffix)),
      );
    }
    cut.push({ part, files });
    if (script.reduce((sum, { length }) => sum + length, 0) > longestScript) {
      await inShell(script.join('\n'), directory);
      script = [];
    }
  }
  await inShell(script.join('\n'), directory);
  return cut;
}

/** Runs shell text as tasks do; rejects with what it has said. */
export async function inShell(script: string, cwd: string): Promise<void> {
  const file = path.join(cwd, '.script');
  await writeFile(file, `set -e\n${script}\n`);
  await execute('/bin/sh', [file], { cwd, maxBuffer: 2 ** 26 });
}

/** What parts have of one input, in their order. */
export const readCuts = (cut: readonly CutPart[], input: string): Promise<Buffer[]> =>
  Promise.all(cut.flatMap(({ files }) => files.get(input) ?? []).map((file) => readFile(file)));
