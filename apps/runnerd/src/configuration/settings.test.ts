import { describe, expect, it } from 'vitest';
import { describeProblem } from './problem.ts';
import { type Configuration, configurationSchema } from './schema.ts';
import { settle } from './settings.ts';

interface Given {
  readonly environment?: Record<string, string>;
  readonly userId?: number;
  readonly files?: Readonly<Record<string, { readonly text: string; readonly isOpen?: boolean }>>;
}

const configuration = (settings: object): Configuration => configurationSchema.parse(settings);

const settleWith = (settings: object, { environment = {}, userId = 1000, files = {} }: Given = {}) =>
  settle(configuration(settings), {
    directory: '/etc',
    environment: { XDG_STATE_HOME: '/state', ...environment },
    userId,
    placeOf: (setting) => `at ${setting.map(String).join('.')}`,
    readSecret: (file) => {
      const found = files[file];
      if (!found) throw new Error(`no ${file}`);
      return { isOpen: false, ...found };
    },
  });

const problemsOf = (settings: object, given?: Given): string[] =>
  settleWith(settings, given).problems.map(describeProblem);

describe('settle', () => {
  it('runs jobs on this machine and keeps state in the home of states where nothing is said', () => {
    const { settings, problems } = settleWith({});
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      address: { host: '127.0.0.1', port: 8913 },
      cluster: { kind: 'local' },
      state: '/state/galaxy-mesos',
      tokens: [],
      agentUrl: 'http://127.0.0.1:8913',
      warnings: [],
    });
  });

  it('takes the cluster of MESOS_URL unless the configuration names one', () => {
    const environment = { MESOS_URL: 'http://a:5050' };
    expect(settleWith({}, { environment }).settings?.cluster).toEqual({
      kind: 'mesos',
      master: 'http://a:5050',
    });
    expect(settleWith({ mesos: { url: 'local' } }, { environment }).settings?.cluster.kind).toBe('local');
    expect(problemsOf({ mesos: { url: 'a b' } })[0]).toMatch(/^at mesos\.url: /);
  });

  it('takes a cluster in a batch queue by its name, whether or not it is there', () => {
    const given = { environment: { GALAXY_MESOS_CLUSTERS: '/shared/clusters' } };
    const expected = {
      cluster: { kind: 'mesos', master: 'file:///shared/clusters/night/address' },
      queueCluster: { name: 'night', directory: '/shared/clusters/night' },
    };
    expect(settleWith({ mesos: { url: 'cluster:night' } }, given).settings).toMatchObject(expected);
    const environment = { ...given.environment, MESOS_URL: ' cluster:night' };
    expect(settleWith({}, { environment }).settings).toMatchObject(expected);
    expect(settleWith({ mesos: { url: 'a:5050' } }, { environment }).settings?.queueCluster).toBeUndefined();
  });

  it('refuses names that no cluster can have', () => {
    expect(problemsOf({ mesos: { url: 'cluster:../x' } })[0]).toMatch(
      /^at mesos\.url: a cluster cannot be called "\.\.\/x"/,
    );
    expect(problemsOf({ clusters: { '1st': { file: 'x' } } })[0]).toMatch(
      /^at clusters\.1st: clusters\.1st: a cluster cannot be called "1st"/,
    );
  });

  it('does not listen where other machines reach it without a token, unless told so', () => {
    expect(problemsOf({ listen: '0.0.0.0:80' })[0]).toMatch(
      /^at listen: listen: 0\.0\.0\.0:80 can be reached from other machines, and no token is set/,
    );
    expect(problemsOf({ listen: '0.0.0.0:80', tokens: { a: { value: '12345678' } } })).toEqual([]);
    const open = settleWith({ listen: '0.0.0.0:80', open_to_everyone: true });
    expect(open.settings?.warnings[0]).toMatch(/anybody who reaches 0\.0\.0\.0:80 may run commands/);
  });

  it.each(['127.0.0.1:1', '127.8.8.8:1', 'localhost:1', '[::1]:1'])(
    'takes %s for this machine alone',
    (listen) => {
      expect(problemsOf({ listen })).toEqual([]);
    },
  );

  it('refuses to be root without being told as whom jobs run', () => {
    expect(problemsOf({}, { userId: 0 })[0]).toMatch(/^at run_as: run_as: this is root.*--run-as root, if/);
    expect(problemsOf({ run_as: 'galaxy' }, { userId: 0 })).toEqual([]);
    expect(settleWith({ run_as: 'root' }, { userId: 0 }).settings?.warnings[0]).toMatch(/run as root/);
  });

  it('refuses to run jobs on this machine as another user where it cannot', () => {
    expect(problemsOf({ run_as: 'galaxy' })[0]).toMatch(/only a daemon that is started as root/);
    expect(problemsOf({ run_as: 'galaxy', mesos: { url: 'a:5050' } })).toEqual([]);
  });

  it('reads tokens from their files', () => {
    const tokens = { a: { file: '/a', admin: true }, b: { value: 'bbbbbbbb' } };
    const files = { '/a': { text: 'aaaaaaaa\n', isOpen: true } };
    const { settings } = settleWith({ tokens }, { files });
    expect(settings?.tokens).toEqual([
      { name: 'a', token: 'aaaaaaaa', isAdmin: true },
      { name: 'b', token: 'bbbbbbbb', isAdmin: false },
    ]);
    expect(settings?.warnings).toEqual(['everybody on this machine can read /a: chmod 600 it']);
  });

  it('tells of each token that cannot be used', () => {
    const files = { '/short': { text: 'abc' }, '/lines': { text: 'aaaaaaaa\nbbbbbbbb' } };
    const tokens = { a: { file: '/short' }, b: { file: '/lines' }, c: { file: '/none' } };
    expect(problemsOf({ tokens }, { files })).toEqual([
      'at tokens.a.file: tokens.a.file: /short: expected one line with at least 8 characters and no spaces',
      'at tokens.b.file: tokens.b.file: /lines: expected one line with at least 8 characters and no spaces',
      'at tokens.c.file: tokens.c.file: no /none',
    ]);
  });

  it('refuses two names for one token, since nobody could tell who asks', () => {
    const tokens = { a: { value: '12345678' }, b: { value: '12345678' } };
    expect(problemsOf({ tokens })).toEqual(['at tokens.b: tokens.b: this is the same token as that of a']);
  });

  it('warns where agents on other machines could not fetch files', () => {
    const warningsOf = (settings: object) =>
      settleWith({ staging: 'http', mesos: { url: 'a:5050' }, ...settings }).settings?.warnings;
    const warning =
      'agents on other machines cannot reach http://127.0.0.1:8913: set agent_url, and listen there';
    expect(warningsOf({})).toEqual([warning]);
    expect(warningsOf({ agent_url: 'http://daemon.example:8913' })).toEqual([]);
    expect(warningsOf({ mesos: { url: 'local' } })).toEqual([]);
    expect(warningsOf({ staging: 'shared' })).toEqual([]);
    expect(warningsOf({ agent_url: 'http://[::1]:1/' })?.[0]).toContain('http://[::1]:1:');
  });

  it('wants a principal and its secret together', () => {
    expect(problemsOf({ mesos: { principal: 'p' } })).toEqual([
      'at mesos: mesos: principal and secret_file are given together or not at all',
    ]);
    const files = { '/s': { text: 's3cret\n' } };
    const mesos = { principal: 'p', secret_file: '/s' };
    expect(settleWith({ mesos }, { files }).settings?.mesosSecret).toBe('s3cret');
  });

  it('refuses a certificate that is none', () => {
    const files = { '/c': { text: 'x' }, '/k': { text: 'y' } };
    expect(problemsOf({ tls: { certificate: '/c', key: '/k' } }, { files })[0]).toMatch(
      /^at tls\.certificate: tls\.certificate: \/c and \/k are no certificate with its key/,
    );
    expect(problemsOf({ tls: { certificate: '/c', key: '/none' } }, { files })).toEqual([
      'at tls.key: tls.key: no /none',
    ]);
  });
});
