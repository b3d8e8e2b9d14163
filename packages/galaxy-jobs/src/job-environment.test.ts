import { expect, test } from 'vitest';
import { jobEnvironment } from './job-environment.ts';

test('cores and memory are given as whole numbers', () => {
  expect(jobEnvironment({ cpus: 4.9, mem: 8192.7 })).toEqual({
    GALAXY_SLOTS: '4',
    GALAXY_MEMORY_MB: '8192',
    GALAXY_MEMORY_MB_PER_SLOT: '2048',
  });
});

test('a part of a core is one slot', () => {
  expect(jobEnvironment({ cpus: 0.1, mem: 32 })).toMatchObject({
    GALAXY_SLOTS: '1',
    GALAXY_MEMORY_MB_PER_SLOT: '32',
  });
});

test('memory that rounds to none is left out', () => {
  expect(jobEnvironment({ cpus: 1, mem: 0.5 })).toEqual({ GALAXY_SLOTS: '1' });
  expect(jobEnvironment({ cpus: 8, mem: 4 })).toEqual({ GALAXY_SLOTS: '8', GALAXY_MEMORY_MB: '4' });
});
