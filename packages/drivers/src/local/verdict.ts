import { join } from 'node:path';
import { readOwnFile, writeOwnFile } from './own-files.ts';

/**
 * Why the driver ends an attempt. It is written into the sandbox before the first signal is sent, because a
 * process that was killed cannot say why, and the driver may not live to tell.
 */
export interface Verdict {
  readonly state: 'TASK_KILLED' | 'TASK_FAILED';
  readonly reason?: string;
  /** Absent: how the command ended is all there is to say. */
  readonly message?: string;
}

const fileName = '.galaxy-mesos-verdict';

/** Stores a verdict. */
export const writeVerdict = (sandbox: string, verdict: Verdict): void => {
  try {
    writeOwnFile(join(sandbox, fileName), JSON.stringify(verdict));
  } catch {
    // A full disk must not keep an attempt alive. The file only serves a driver that comes after this one.
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The verdict that an earlier driver has stored, if there is one. */
export const readVerdict = (sandbox: string): Verdict | undefined => {
  try {
    const value: unknown = JSON.parse(readOwnFile(join(sandbox, fileName)));
    if (!isObject(value)) return undefined;
    const { state, reason, message } = value;
    if (state !== 'TASK_KILLED' && state !== 'TASK_FAILED') return undefined;
    return {
      state,
      ...(typeof reason === 'string' && { reason }),
      ...(typeof message === 'string' && { message }),
    };
  } catch {
    // No such file, which is the rule, or half of one, because the driver ended in the midst of it.
    return undefined;
  }
};
