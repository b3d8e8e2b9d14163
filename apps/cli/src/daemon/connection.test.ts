import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from './connection.ts';

const urlOf = (options: Parameters<typeof connect>[0], environment: NodeJS.ProcessEnv = {}): string =>
  connect(options, environment).daemon.url;

describe('the daemon', () => {
  it('is the one that is named, else that of the environment, else that of this machine', () => {
    const environment = { GALAXY_MESOS_DAEMON: 'http://b:2' };
    expect(urlOf({ daemon: 'http://a:1/' }, environment)).toBe('http://a:1');
    expect(urlOf({}, environment)).toBe('http://b:2');
    expect(urlOf({}, { GALAXY_MESOS_DAEMON: '' })).toBe('http://127.0.0.1:8913');
    expect(urlOf({})).toBe('http://127.0.0.1:8913');
  });

  it.each(['127.0.0.1:8913', 'ftp://a', 'http://user@a', 'http://a?private_token=x', 'daemon', 'http://'])(
    'is not %s',
    (daemon) => {
      expect(() => urlOf({ daemon })).toThrow(/^--daemon .*: expected the address of a daemon/);
      expect(() => urlOf({}, { GALAXY_MESOS_DAEMON: daemon })).toThrow(/^GALAXY_MESOS_DAEMON /);
    },
  );
});

it.each([
  ['nothing', undefined, /there is no file/],
  ['an empty file', '\n', /expected one word, the token/],
  ['several lines', 'a\nb\n', /expected one word, the token/],
])('takes no token from %s', (_what, text, message) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-token-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const tokenFile = path.join(directory, 'token');
  if (text !== undefined) writeFileSync(tokenFile, text);
  expect(() => connect({ tokenFile }, {})).toThrow(message);
});

it('comes with the token of an option, of a file, or of the environment', () => {
  const environment = { GALAXY_MESOS_TOKEN: 'secret' };
  expect(connect({}, environment).hasToken).toBe(true);
  expect(connect({}, { GALAXY_MESOS_TOKEN: '' }).hasToken).toBe(false);
  expect(() => connect({ token: '' }, environment)).toThrow(/^--token: expected one word, the token/);
  expect(() => connect({}, { GALAXY_MESOS_TOKEN: 'a b' })).toThrow(/^GALAXY_MESOS_TOKEN: expected one word/);
});
