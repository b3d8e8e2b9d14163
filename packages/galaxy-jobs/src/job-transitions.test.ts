import { describe, expect, it } from 'vitest';
import { type JobState, jobStates } from './job.ts';
import { jobTransitions, mayBecome } from './job-transitions.ts';
import { isEnded } from './job-view.ts';

/** One row for each state, one column for each state in the order of `jobStates`. */
const table: Record<JobState, string> = {
  //         new queued running paused ok error deleted
  new: '      -    x      -       x    -    x      x ',
  queued: '   -    -      x       x    x    x      x ',
  running: '  -    x      -       x    x    x      x ',
  paused: '   x    x      x       -    x    x      x ',
  ok: '       -    -      -       -    -    -      - ',
  error: '    x    x      -       -    -    -      - ',
  deleted: '  -    -      -       -    -    -      - ',
};

const pairs = jobStates.flatMap((from) =>
  jobStates.map((to, column) => ({ from, to, may: table[from].trim().split(/\s+/)[column] === 'x' })),
);

describe('mayBecome', () => {
  it.each(pairs)('says $may of $from to $to', ({ from, to, may }) => {
    expect(mayBecome(from, to)).toBe(may);
  });

  it('lets every job that has not ended be cancelled, and fail', () => {
    for (const state of jobStates.filter((one) => !isEnded(one))) {
      expect(jobTransitions[state]).toEqual(expect.arrayContaining(['deleted', 'error']));
    }
  });
});
