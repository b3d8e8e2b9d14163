import { expect, it } from 'vitest';
import { jobView } from '../../test-helpers/fake-daemon.ts';
import { JobBoard } from './job-board.ts';

const size = { rows: 24, columns: 200 };
const idsIn = (text: string): string[] => [...text.matchAll(/^job-\d+/gm)].map(([id]) => id);

it('shows each job once, as it stands last, and those that changed last below', () => {
  const board = new JobBoard();
  expect(board.text(0, size)).toBe('no jobs run or wait');
  board.show(jobView({ id: 'job-1' }));
  board.show(jobView({ id: 'job-2' }));
  board.show(jobView({ id: 'job-1', state: 'running', startedAt: 1000 }));
  expect(idsIn(board.text(61_000, size))).toEqual(['job-2', 'job-1']);
  expect(board.text(61_000, size)).toMatch(/job-1 +running .* 1 min 00 s/);
  expect(board.text(0, size)).toMatch(/\n1 queued, 1 running$/);
  board.remove('job-1');
  expect(idsIn(board.text(0, size))).toEqual(['job-2']);
});

it('keeps the last ten that have ended', () => {
  const board = new JobBoard();
  board.show(jobView({ id: 'job-0' }));
  for (let index = 1; index <= 15; index++) board.show(jobView({ id: `job-${index}`, state: 'ok' }));
  expect(idsIn(board.text(0, size))).toEqual([
    'job-0',
    ...Array.from({ length: 10 }, (_, i) => `job-${i + 6}`),
  ]);
});

it.each([1, 4, 10, 30])('fits into %i rows and the width of the terminal', (rows) => {
  const board = new JobBoard();
  for (let index = 0; index < 20; index++) board.show(jobView({ id: `job-${index}`, name: 'x'.repeat(500) }));
  const lines = board.text(0, { rows, columns: 60 }).split('\n');
  expect(lines.length).toBeLessThanOrEqual(Math.max(rows, 4));
  for (const line of lines) expect(line.length).toBeLessThan(60);
  const shown = idsIn(lines.join('\n')).length;
  expect(lines.includes(`and ${20 - shown} more`)).toBe(shown < 20);
});
