import { describe, expect, it } from 'vitest';
import { chosenCluster } from './cluster.ts';

describe('chosenCluster', () => {
  it('prefers the option to the environment', () => {
    expect(chosenCluster('local', { MESOS_URL: 'a:5050' })).toEqual({ kind: 'local' });
    expect(chosenCluster('b:5050', { MESOS_URL: 'a:5050' })).toEqual({ kind: 'mesos', master: 'b:5050' });
    expect(chosenCluster(undefined, { MESOS_URL: 'a:5050' })).toEqual({ kind: 'mesos', master: 'a:5050' });
    expect(chosenCluster(undefined, {})).toEqual({ kind: 'local' });
  });

  it.each([
    ['cluster:mine', {}, '--mesos '],
    [undefined, { MESOS_URL: 'ftp://a' }, 'MESOS_URL'],
  ])('refuses what is no MESOS_URL, and names where it was given', (option, environment, source) => {
    expect(() => chosenCluster(option, environment)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(source) }),
    );
  });
});
