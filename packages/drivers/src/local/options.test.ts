import { describe, expect, it } from 'vitest';
import { readPageSize, settle } from './options.ts';
import { hasProcFileSystem } from './processes.ts';

describe('settle', () => {
  it('takes MESOS_URL and what is not set out of the environment', () => {
    const environment = { MESOS_URL: 'host:5050', HOME: '/home/me', UNSET: undefined };
    expect(settle({ sandboxRoot: '/s', environment }).environment).toEqual({ HOME: '/home/me' });
  });

  it.each([
    [{ sandboxRoot: 'relative' }, "sandboxRoot must be an absolute path, and is 'relative'"],
    [{ sandboxRoot: '/s', resources: { cpus: Number.NaN } }, 'resources.cpus must be a number'],
    [{ sandboxRoot: '/s', graceSeconds: -1 }, 'graceSeconds must be a number'],
    [{ sandboxRoot: '/s', niceness: 20 }, 'niceness must be a whole number from 0 to 19'],
    [{ sandboxRoot: '/s', plannedEnd: -1 }, 'plannedEnd must be milliseconds since 1970'],
  ])('refuses %o', (options, message) => {
    expect(() => settle(options)).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => settle(options)).toThrowError(message);
  });
});

describe('readPageSize', () => {
  it.runIf(hasProcFileSystem)('finds a power of two', () => {
    const size = readPageSize();
    expect(size).toBeGreaterThanOrEqual(4096);
    expect(Number.isInteger(Math.log2(size))).toBe(true);
  });
});
