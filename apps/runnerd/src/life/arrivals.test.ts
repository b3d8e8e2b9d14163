import type { AttemptView, StagedJob } from '@galaxy-mesos/galaxy-jobs';
import { ManualClock, untilIdle } from '@galaxy-mesos/scheduler/testing';
import { describe, expect, it } from 'vitest';
import { Arrivals, type MissingVisitor } from './arrivals.ts';

function awaiting() {
  const clock = new ManualClock();
  const open = new Set<string>();
  const missing: MissingVisitor[] = [];
  const staged = (jobId: string): StagedJob | undefined =>
    jobId === 'plain'
      ? undefined
      : { directory: '', attempts: '', script: '', secret: '', isOpen: (attemptId) => open.has(attemptId) };
  const arrivals = new Arrivals({
    clock,
    staged,
    lastWords: async () => 'first\ncurl: (60) certificate\n',
    onMissing: (visitor) => void missing.push(visitor),
  });
  const runs = (jobId: string, id: string, more: Partial<AttemptView> = {}) => {
    open.add(id);
    const attempt = {
      id,
      number: 1,
      state: 'TASK_RUNNING',
      agentId: 'a',
      hostname: 'h',
      launchedAt: 0,
      ...more,
    };
    arrivals.hear({ type: 'attempt', jobId, taskId: 't', attempt, sequence: 1, time: 0 });
  };
  const come = (jobId: string, id: string) => arrivals.visited(jobId)?.isOpen(id);
  const later = async (seconds: number) => {
    await clock.advance(seconds);
    await untilIdle();
  };
  return { arrivals, runs, come, missing, later, open };
}

describe('Arrivals', () => {
  it('tells of an attempt that has run for a minute and has not come, with the last line that it wrote', async () => {
    const { runs, missing, later } = awaiting();
    runs('one', 'one-1');
    await later(59);
    expect(missing).toEqual([]);
    await later(2);
    expect(missing).toEqual([
      { jobId: 'one', attempt: 'one-1', hostname: 'h', detail: 'curl: (60) certificate' },
    ]);
  });

  it('is content with one that came, before or after its agent said that it runs, and with one that ended', async () => {
    const { runs, come, missing, later, open } = awaiting();
    open.add('early-1');
    come('early', 'early-1');
    runs('early', 'early-1');
    runs('late', 'late-1');
    come('late', 'late-1');
    runs('ended', 'ended-1');
    runs('ended', 'ended-1', { state: 'TASK_FAILED', endedAt: 1 });
    runs('over', 'over-1');
    open.delete('over-1');
    runs('plain', 'plain-1');
    await later(100);
    expect(missing).toEqual([]);
  });

  it('tells of the attempts of one machine ever more rarely, until one of them comes', async () => {
    const { runs, come, missing, later } = awaiting();
    for (const id of ['a', 'b', 'c']) runs(id, `${id}-1`);
    await later(61);
    expect(missing).toHaveLength(1);
    runs('d', 'd-1');
    come('d', 'd-1');
    runs('e', 'e-1');
    await later(61);
    expect(missing.map(({ jobId }) => jobId)).toEqual(['a', 'e']);
  });

  it('does not let in whom nobody waits for any more, and waits for nobody once it is stopped', async () => {
    const { arrivals, runs, come, missing, later } = awaiting();
    expect(come('one', 'one-9')).toBe(false);
    expect(arrivals.visited('plain')).toBeUndefined();
    runs('one', 'one-1');
    arrivals.stop();
    await later(100);
    expect(missing).toEqual([]);
  });
});
