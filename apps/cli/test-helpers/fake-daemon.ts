import { ClientError, type DaemonClient, type EventOptions } from '@galaxy-mesos/front-doors/client';
import type { JobEvent, JobView } from '@galaxy-mesos/galaxy-jobs';

export const jobView = (changes: Partial<JobView> = {}): JobView => ({
  ...{ id: 'job-1', name: 'count', state: 'queued', priority: 0, createdAt: 1000 },
  resources: { cpus: 1, mem: 256, disk: 0 },
  tasks: { total: 1, waiting: 1, active: 0, finished: 0, failed: 0, cancelled: 0 },
  ...changes,
});

/** A job that changes, as an event tells of it. */
export const jobEvent = (sequence: number, job: JobView): JobEvent => ({
  ...{ sequence, time: 1000 * sequence, jobId: job.id, type: 'job', job },
});

/** What the fake answers; what is not given is not there. */
export interface FakeDaemon {
  readonly views?: readonly JobView[];
  /** What happens, in order: an event, or a connection that is made. */
  readonly happens?: readonly (JobEvent | 'connected' | 'connected without a gap')[];
  /** Called before the answer to a question for one job. */
  readonly onAsked?: () => void;
}

/** A client whose daemon is in the test. */
export function fakeDaemon({ views = [], happens = [], onAsked }: FakeDaemon): DaemonClient {
  async function* events({ connected, signal }: EventOptions = {}): AsyncGenerator<JobEvent> {
    for (const one of happens) {
      if (signal?.aborted) return;
      if (typeof one === 'object') yield one;
      else connected?.(one === 'connected without a gap');
    }
    if (signal?.aborted) return;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
  }
  async function* jobs(): AsyncGenerator<JobView> {
    yield* views;
  }
  async function job(jobId: string): Promise<JobView> {
    onAsked?.();
    const found = views.find(({ id }) => id === jobId);
    if (found) return found;
    throw new ClientError('UNKNOWN_JOB', `there is no job "${jobId}"`);
  }
  return { ...({} as DaemonClient), events, jobs, job };
}

/** Somewhere to print to. */
export class Printed {
  text = '';

  write(text: string): void {
    this.text += text;
  }
}
