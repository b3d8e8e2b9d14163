import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { type RealProgram, requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { directoryForTest, eventsIn, galaxyMesos } from '../command.ts';
import { shell } from './made-reads.ts';

/** A command that is to give the same result on whole files and in parts. */
export interface Comparison {
  /** What the command does, as the end of the sentence "gives the same whole and in parts for ...". */
  readonly what: string;
  /** Files by the names that they have in the command; relative paths begin where files were prepared. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Options of `galaxy-mesos map` that say how it is split and joined; `{directory}` is where files were prepared. */
  readonly how: readonly string[];
  /** As for `galaxy-mesos map`. */
  readonly command: string;
  /** The command on whole files, where it has to be another one. */
  readonly wholeCommand?: string;
  /** The name of the result. */
  readonly output: string;
  /** So many parts there have to be; at least two, if it is not said. */
  readonly parts?: number;
  /** What of a result counts; every byte, if it is not said. A shell command that reads it from its input. */
  readonly meaning?: string;
}

/** Where tests run: the options, and the surroundings of the command there. */
export interface Place {
  /** Where the files are that were prepared. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a family of tests needs. */
export interface Family {
  readonly programs: readonly RealProgram[];
  /** Makes the files that tests share, in an empty directory. */
  readonly prepare: (directory: string) => void;
}

/**
 * Describes something twice: on this machine, and on a real Mesos with two agents; either is skipped where a program is
 * missing.
 */
export function describeOnBoth(
  title: string,
  { programs, prepare }: Family,
  body: (place: Place) => void,
): void {
  const present = requirePrograms(...programs);
  describe.skipIf(!present)(title, () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-real-'));
    beforeAll(() => prepare(directory));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    describe('on this machine', () => body({ directory, environment: {} }));
    describe.skipIf(!present || !requireRealMesos())('on a real Mesos', () => {
      let mesos: RealMesos;
      beforeAll(async () => {
        const resources = 'cpus:4;mem:4096;disk:4096';
        mesos = await startMesos({ agents: [{ resources }, { resources }] });
      });
      afterAll(() => mesos?.stop());
      body({
        directory,
        get environment() {
          return { MESOS_URL: mesos.url };
        },
      });
    });
  });
}

const wholeResults = new Map<Comparison, Buffer>();

/** The command with paths in the place of names, as a user would run it without this program. */
function wholeResult(comparison: Comparison, prepared: string): Buffer {
  const known = wholeResults.get(comparison);
  if (known) return known;
  const { inputs, command, wholeCommand = command, output } = comparison;
  const directory = directoryForTest();
  const files = Object.entries({ ...inputs, output: path.join(directory, output) });
  const text = files.reduce(
    (words, [name, file]) => words.replaceAll(`{${name}}`, `'${path.resolve(prepared, file)}'`),
    wholeCommand,
  );
  const printed = shell(text, directory);
  const bytes = wholeCommand.includes('{output}') ? readFileSync(path.join(directory, output)) : printed;
  const result = meant(comparison, bytes);
  expect(result.length, 'the result of the whole run').toBeGreaterThan(0);
  wholeResults.set(comparison, result);
  return result;
}

/** What of a result counts. */
function meant({ meaning }: Comparison, bytes: Buffer): Buffer {
  if (meaning === undefined) return bytes;
  return shell(meaning, directoryForTest(), bytes);
}

/** Runs a command in parts, and compares what comes out with what the command gives by itself. */
async function compare(comparison: Comparison, { directory, environment }: Place): Promise<void> {
  const { inputs, how, command, output, parts } = comparison;
  const expected = wholeResult(comparison, directory);
  const cwd = directoryForTest();
  const words = Object.entries(inputs).flatMap(([name, file]) => [
    '--input',
    `${name}=${path.resolve(directory, file)}`,
  ]);
  const options = how.map((word) => word.replaceAll('{directory}', directory));
  const modest = ['--cpus', '0.5', '--mem', '512'];
  const { code, stdout, stderr } = await galaxyMesos(
    ['map', '--json', ...words, ...options, ...modest, '--output', output, '--', command],
    { cwd, environment },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const planned = eventsIn(stdout).find(({ event }) => event === 'planned');
  if (parts === undefined) expect(planned?.tasks).toBeGreaterThan(1);
  else expect(planned?.tasks).toBe(parts);
  const result = meant(comparison, readFileSync(path.join(cwd, output)));
  if (result.equals(expected)) return;
  expect(result.toString('latin1')).toBe(expected.toString('latin1'));
}

/** A test for each comparison, in both places. */
export function compareOnBoth(title: string, family: Family, comparisons: readonly Comparison[]): void {
  describeOnBoth(title, family, (place) => {
    it.each(comparisons)('gives the same whole and in parts for $what', (comparison) =>
      compare(comparison, place),
    );
  });
}
