import { isEnded, JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleJob, FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { FollowedLog, type LogToFollow } from './followed-log.ts';

const log: LogToFollow = { jobId: 'job-1', stream: 'stdout', bytes: 6, intervalMilliseconds: 5 };

/** What happens to a job between two looks at its log. */
type Step = (jobs: FakeJobService) => void;

const write =
  (text: string | Uint8Array): Step =>
  (jobs) =>
    jobs.write('job-1', text);
const retry: Step = (jobs) => jobs.beginAttempt('job-1');

/** What is told of a log while these things happen, one after each look; after the last one the job has ended. */
async function told(steps: readonly Step[], changes: Partial<LogToFollow> = {}): Promise<Buffer> {
  const jobs = new FakeJobService();
  await jobs.submit(exampleJob());
  const [first, ...left] = steps;
  first?.(jobs);
  const followed = new FollowedLog(jobs, { ...log, ...changes });
  await followed.begin();
  const tasks = jobs.tasks.bind(jobs);
  jobs.tasks = (jobId) => {
    const seen = tasks(jobId);
    const step = left.shift();
    // It is seen by the next look only, as if it had happened just behind this one.
    if (step) setImmediate(() => step(jobs));
    else if (!isEnded(jobs.job('job-1')?.state ?? 'ok')) setImmediate(() => jobs.change('job-1', 'ok'));
    return seen;
  };
  return Buffer.concat(await Array.fromAsync(followed.bytes(new AbortController().signal)));
}

describe('a followed log', () => {
  it('tells the end of what is there, and what comes then', async () => {
    const text = await told([write('one\ntwo\n'), () => {}, write('three\n')]);
    expect(text.toString()).toBe('e\ntwo\nthree\n');
  });

  it('begins when something is written first', async () => {
    expect((await told([() => {}, () => {}, write('one\n')])).toString()).toBe('one\n');
  });

  it('is exact, whatever is written, however much, and however often it repeats itself', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.constantFrom('y\n', '', 'y\ny\n').map((text) => Buffer.from(text)),
      fc.constant(Buffer.alloc(600_000, 'y\n')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
        const text = await told(pieces.map(write), { bytes: 10_000_000 });
        expect(text.equals(Buffer.concat(pieces))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('begins with a whole character', async () => {
    expect((await told([write('a𝄞b')], { bytes: 3 })).toString()).toBe('b');
    expect((await told([write('a𝄞b')], { bytes: 5 })).toString()).toBe('𝄞b');
  });

  it('tells all of an attempt before the next one, and says where that begins', async () => {
    const steps = [
      write('one\n'),
      write('last of one\n'),
      retry,
      write('two\n'),
      retry,
      retry,
      write('four\n'),
    ];
    const mark = '\n[galaxy-mesos: another attempt]\n';
    expect((await told(steps)).toString()).toBe(`one\nlast of one\n${mark}two\n${mark}${mark}four\n`);
  });

  it('goes on where somebody was, and ends with the attempt that is asked for', async () => {
    const steps = [write('one\ntwo\n'), write('three\n'), retry, write('not told\n')];
    const text = await told(steps, { attemptId: 'job-1-0-1', from: 4 });
    expect(text.toString()).toBe('two\nthree\n');
  });

  it('begins anew where a task cuts what it has written', async () => {
    const cut: Step = (jobs) => jobs.written.set('job-1-0-1 stdout', Buffer.from('new\n'));
    expect((await told([write('one\ntwo\n'), () => {}, cut])).toString()).toBe('e\ntwo\nnew\n');
  });

  it('waits for an agent that is away for a while', async () => {
    const away: Step = (jobs) => {
      jobs.unreadable = new JobServiceError('UNAVAILABLE', 'job-1', 'no answer');
    };
    const back: Step = (jobs) => {
      jobs.unreadable = undefined;
    };
    const steps = [write('one\n'), () => {}, away, write('two\n'), () => {}, back];
    expect((await told(steps)).toString()).toBe('one\ntwo\n');
    await expect(told([write('one\n'), away])).rejects.toThrow('no answer');
  });

  it('ends with an error if the job is removed, or nobody listens any more', async () => {
    const jobs = new FakeJobService();
    await jobs.submit(exampleJob());
    jobs.write('job-1', 'one\n');
    const removed = new FollowedLog(jobs, log).bytes(new AbortController().signal);
    await removed.next();
    await jobs.remove('job-1');
    await expect(removed.next()).rejects.toMatchObject({ code: 'UNKNOWN_JOB' });
    await jobs.submit(exampleJob());
    jobs.write('job-1', 'one\n');
    const gone = new AbortController();
    const unheard = new FollowedLog(jobs, log).bytes(gone.signal);
    await unheard.next();
    gone.abort();
    await expect(unheard.next()).rejects.toThrow('abort');
  });
});
