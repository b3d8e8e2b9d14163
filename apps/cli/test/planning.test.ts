import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, eventsIn, galaxyMesos, start } from './command.ts';

// Inputs that take longer to read than the first tasks take to begin.

let cwd: string;
let input: string;
beforeEach(() => {
  cwd = directoryForTest();
  input = path.join(cwd, 'reads.fa');
  const records = Array.from({ length: 2000 }, (_, index) => `>r${index}\n${'ACGGT'.repeat(200)}\n`).join('');
  writeFileSync(input, '');
  for (let copy = 0; copy < 100; copy++) appendFileSync(input, records);
});

const sum = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const words = (...options: string[]): string[] => [
  ...['map', ...options, '--input', 'reads.fa', '--size', '10000', '--output', 'o', '--json'],
  ...['--', 'cat {input}'],
];

describe('a job whose input is still read', () => {
  // Whether tasks run before the planning ends is a matter of time, and tests of job-runner have that in their hands.
  it('has all its parts, and the same output', async () => {
    const { code, stdout } = await galaxyMesos(words(), { cwd });
    expect(code).toBe(0);
    expect(sum(path.join(cwd, 'o'))).toBe(sum(input));
    expect(eventsIn(stdout)).toContainEqual(
      expect.objectContaining({ event: 'planned', tasks: 20, records: 200_000 }),
    );
  });

  it('comes to the same output after kill -9', async () => {
    const run = start(words(), { cwd });
    await run.until((printed) => printed.includes('"event":"task"'));
    await run.killed();
    // The kill may come late, and leave the next run no task, or nothing at all but to say that it is done.
    for (const isThere of [/"event":"(task|merging|finished)"/, /"event":"(planned|finished)"/]) {
      const again = start(words('--resume'), { cwd });
      await again.until((printed) => isThere.test(printed));
      await again.killed();
    }
    const { code, stderr } = await galaxyMesos(words('--resume'), { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(sum(path.join(cwd, 'o'))).toBe(sum(input));
    expect(processesBelow(cwd)).toEqual([]);
  });

  it('fails where the input turns out malformed, whatever its first parts came to', async () => {
    appendFileSync(input, '>bad\nA\0C\n');
    const { code, stderr } = await galaxyMesos(words(), { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`[MALFORMED] ${input}, line 400002`);
    expect(existsSync(path.join(cwd, 'o'))).toBe(false);
    expect(processesBelow(cwd)).toEqual([]);
  });
});
