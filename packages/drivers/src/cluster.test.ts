import { describe, expect, it } from 'vitest';
import { clusterName, clusterOf } from './cluster.ts';

describe('clusterOf', () => {
  it.each([undefined, '', '  ', 'local', ' local '])('takes %j for this machine', (url) => {
    expect(clusterOf(url, 'MESOS_URL')).toEqual({ kind: 'local' });
  });

  it.each(['host:5050', 'http://host:5050', 'https://a:5050,b:5050', '10.0.0.1', 'zk://a:2181,b/mesos'])(
    'takes %s for a master',
    (url) => {
      expect(clusterOf(url, 'MESOS_URL')).toEqual({ kind: 'mesos', master: url });
    },
  );

  it.each(['zk://a:2181', 'cluster:mine', 'what ever', 'ftp://a', 'host:99999', '\u0000'])(
    'refuses %j, and names where it was given',
    (url) => {
      expect(() => clusterOf(url, '--mesos')).toThrow(
        expect.objectContaining({
          code: 'INVALID_MESOS_URL',
          message: expect.stringMatching(/^--mesos[ :]/),
        }),
      );
    },
  );
});

describe('clusterName', () => {
  it('is what tells one cluster from another', () => {
    expect(clusterName({ kind: 'local' })).toBe('local');
    expect(clusterName({ kind: 'mesos', master: 'a:5050' })).toBe('a:5050');
    expect(clusterName({ kind: 'mesos', master: 'zk://a:2181/mesos' })).toBe('zk://a:2181/mesos');
  });

  it('holds no password', () => {
    const name = clusterName({ kind: 'mesos', master: 'zk://user:s3cret@a/mesos' });
    expect(name).toBe('zk://user:***@a:2181/mesos');
  });
});
