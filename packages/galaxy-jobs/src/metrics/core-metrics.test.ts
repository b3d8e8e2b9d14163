import { describe, expect, it } from 'vitest';
import { coreMetrics } from './core-metrics.ts';

const metricsOf = (files: Readonly<Record<string, string>>) =>
  coreMetrics((name) => files[name.replace('__instrument_core_', '')]);

describe('coreMetrics', () => {
  it('reads what the script of a job writes', () => {
    const files = { galaxy_slots: '4\n', galaxy_memory_mb: '8192\n', epoch_start: '1700000000\n' };
    expect(metricsOf({ ...files, epoch_end: '1700000090\n' })).toEqual({
      slots: 4,
      memory: 8192,
      startedAt: 1_700_000_000_000,
      endedAt: 1_700_000_090_000,
      runtimeSeconds: 90,
    });
  });

  it('leaves out what is not there, empty or no whole number, as Galaxy does', () => {
    expect(metricsOf({ galaxy_memory_mb: '\n', epoch_start: '1.5', epoch_end: '7' })).toEqual({
      endedAt: 7000,
    });
    expect(metricsOf({ galaxy_slots: '9'.repeat(30), epoch_start: '0x10', epoch_end: '' })).toEqual({});
  });
});
