import { describe, expect, it } from 'vitest';
import { healthOf } from './standing.ts';

describe('healthOf', () => {
  it('is ok while connected, however long', () => {
    expect(healthOf({ isConnected: true, since: 0 }, 1e9, 'v')).toEqual({ version: 'v', status: 'ok' });
  });

  it('bears with a cluster that is away for less than a minute', () => {
    const standing = { isConnected: false, since: 0 };
    expect(healthOf(standing, 59_999, 'v')).toEqual({ version: 'v', status: 'connecting' });
    expect(healthOf(standing, 60_000, 'v')).toEqual({ version: 'v', status: 'unreachable' });
  });
});
