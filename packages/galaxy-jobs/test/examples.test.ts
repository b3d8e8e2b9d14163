import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTool, renderCommand, type Tool, toolValues } from '../src/index.ts';

const first = ['>one first record', 'GGCC', 'ggAA', '>two', 'ATATAT', '>none'];
const second = ['>three', 'AAAACGATT', 'ACAGATTACA\r', ''];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'galaxy-jobs-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function exampleTool(name: string): Tool {
  const url = new URL(`../../../examples/tools/${name}.xml`, import.meta.url);
  return parseTool(readFileSync(url, 'utf8'), { path: `${name}.xml` });
}

/** Runs a tool on lines of FASTA with the machine's own shell and awk, and gives what it wrote. */
function run(tool: Tool, lines: readonly string[], settings: Record<string, string> = {}): string {
  const path = join(directory, 'input.fasta');
  writeFileSync(path, lines.join('\n'));
  const values = toolValues(tool, { inputs: { input: { path, format: 'fasta', name: 'input' } }, settings });
  const command = renderCommand(tool, values, { outputs: { output: 'output.tabular' } });
  const stdout = execFileSync('/bin/sh', ['-e', '-c', command], { cwd: directory });
  expect(stdout.toString()).toBe('');
  return readFileSync(join(directory, 'output.tabular'), 'utf8');
}

test('the GC tool gives name, length and part of G and C of each record', () => {
  const output = run(exampleTool('gc-content'), [...first, ...second]);
  expect(output).toBe('one\t8\t0.7500\ntwo\t6\t0.0000\nnone\t0\t0.0000\nthree\t19\t0.2632\n');
});

test('the motif tool counts occurrences, across lines and overlapping ones too', () => {
  const tool = exampleTool('count-motif');
  expect(run(tool, [...first, ...second])).toBe('one\t0\ntwo\t0\nnone\t0\nthree\t2\n');
  expect(run(tool, first, { motif: 'ata' })).toBe('one\t0\ntwo\t2\nnone\t0\n');
  expect(run(tool, first, { motif: 'gg', ignore_case: 'no' })).toBe('one\t1\ntwo\t0\nnone\t0\n');
  expect(run(tool, first, { motif: 'gg' })).toBe('one\t2\ntwo\t0\nnone\t0\n');
});

test.each(['gc-content', 'count-motif'])(
  '%s run on parts gives the parts of what it gives on the whole',
  (name) => {
    const tool = exampleTool(name);
    expect(tool.parallelism).toMatchObject({
      method: 'multi',
      splitInputs: ['input'],
      mergeOutputs: ['output'],
    });
    expect(run(tool, first) + run(tool, second)).toBe(run(tool, [...first, ...second]));
  },
);

test('the motif must be letters', () => {
  expect(() => run(exampleTool('count-motif'), first, { motif: "a'; rm" })).toThrow(
    'must be one or more letters',
  );
});
