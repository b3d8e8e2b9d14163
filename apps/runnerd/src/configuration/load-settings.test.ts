import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DaemonFlags } from './flags.ts';
import { loadSettings } from './load-settings.ts';
import { describeProblem } from './problem.ts';

function directoryForTest(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'runnerd-settings-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(directory, name), text, { mode: 0o600 });
  }
  return directory;
}

const load = (flags: DaemonFlags, directory: string, userId = 1000) =>
  loadSettings(flags, { environment: {}, directory, userId });

const problemsOf = (flags: DaemonFlags, directory: string, userId?: number): string[] =>
  load(flags, directory, userId).problems.map(describeProblem);

describe('loadSettings', () => {
  it('lets flags overrule the file', () => {
    const directory = directoryForTest({ 'a.yml': 'listen: 127.0.0.1:1\nlog_level: warn\n' });
    const { settings } = load({ config: 'a.yml', listen: '127.0.0.1:2' }, directory);
    expect(settings?.address.port).toBe(2);
    expect(settings?.configuration.log_level).toBe('warn');
    expect(load({ config: 'a.yml', debug: true }, directory).settings?.configuration.log_level).toBe('debug');
  });

  it('takes paths in the file as relative to it, and those of flags as relative to where it is started', () => {
    const directory = directoryForTest({ t: 'tokentoken', 'a.yml': 'state: s\ntokens: {a: {file: t}}\n' });
    const elsewhere = directoryForTest();
    const config = path.join(directory, 'a.yml');
    const { settings } = load({ config }, elsewhere);
    expect(settings?.state).toBe(path.join(directory, 's'));
    expect(settings?.tokens).toEqual([{ name: 'a', token: 'tokentoken', isAdmin: false }]);
    expect(load({ config, state: 'x' }, elsewhere).settings?.state).toBe(path.join(elsewhere, 'x'));
  });

  it('calls the token of a flag default, whose holder sees everything', () => {
    const directory = directoryForTest({ t: 'from-a-file\n' });
    expect(load({ token: '12345678' }, directory).settings?.tokens).toEqual([
      { name: 'default', token: '12345678', isAdmin: true },
    ]);
    expect(load({ tokenFile: 't' }, directory).settings?.tokens[0]?.token).toBe('from-a-file');
  });

  it.each<[DaemonFlags, string]>([
    [{ listen: 'x' }, "--listen: expected HOST:PORT, such as 127.0.0.1:8913 or [::1]:8913; it is 'x'"],
    [{ staging: 'htt' }, "--staging: expected one of shared, http; it is 'htt'; did you mean http?"],
    [{ logLevel: 'loud' }, "--log-level: expected one of error, warn, info, debug; it is 'loud'"],
    [{ store: 'x' }, "--store: expected postgres://USER@HOST/DATABASE; it is 'x'"],
    [{ token: 'abc' }, '--token: expected text of at least 8 characters'],
    [{ token: '12345678', tokenFile: 'x' }, '--token: give either --token or --token-file'],
    [{ agentUrl: 'x' }, "--agent-url: expected a URL such as http://daemon.example:8913; it is 'x'"],
    [{ runAs: 'a b' }, "--run-as: expected the name of a user; it is 'a b'"],
  ])('names the flag that is wrong in %j', (flags, problem) => {
    expect(problemsOf(flags, directoryForTest())[0]).toBe(problem);
  });

  it('names the flag, or the line of the file, for what goes wrong only together', () => {
    const directory = directoryForTest({ 'a.yml': '# first\nlisten: 0.0.0.0:1\n' });
    expect(problemsOf({ listen: '0.0.0.0:1' }, directory)[0]).toMatch(
      /^--listen: listen: 0\.0\.0\.0:1 can be/,
    );
    expect(problemsOf({ config: 'a.yml' }, directory)[0]).toMatch(/^a\.yml:2:9: listen: 0\.0\.0\.0:1 can be/);
    expect(problemsOf({}, directory, 0)[0]).toMatch(/^--run-as: run_as: this is root/);
  });

  it('warns of tokens in a file that everybody can read', () => {
    const directory = directoryForTest({ 'a.yml': 'tokens: {a: {value: tokentoken}}\n' });
    expect(load({ config: 'a.yml' }, directory).settings?.warnings).toEqual([]);
    chmodSync(path.join(directory, 'a.yml'), 0o644);
    expect(load({ config: 'a.yml' }, directory).settings?.warnings).toEqual([
      'everybody on this machine can read the tokens in a.yml: chmod 600 it',
    ]);
  });

  it('says which file there is not, and what to do', () => {
    const directory = directoryForTest({ 'a.yml': 'tls: {certificate: c.pem, key: k.pem}\n' });
    expect(problemsOf({ config: 'none.yml' }, directory)).toEqual([
      `--config: ${directory}/none.yml does not exist; name another, or leave --config out: everything has a default, ` +
        'and flags say the rest',
    ]);
    expect(problemsOf({ config: '.' }, directory)).toEqual(['--config: . is a directory, not a file']);
    expect(problemsOf({ tokenFile: 'none' }, directory)).toEqual([
      `--token-file: tokens.default.file: ${directory}/none does not exist; make it: ` +
        '(umask 077; openssl rand -hex 24 > FILE)',
    ]);
    expect(problemsOf({ config: 'a.yml' }, directory)).toEqual([
      `a.yml:1:20: tls.certificate: ${directory}/c.pem does not exist`,
    ]);
  });

  it('shows nothing of a file that is not a configuration but perhaps a secret', () => {
    const directory = directoryForTest({
      token: 'a-secret-token\n',
      number: 'tokens: {a: {value: 12345678}}\n',
    });
    expect(problemsOf({ config: 'token' }, directory)).toEqual([
      'token:1:1: expected a mapping; it is other text',
    ]);
    expect(problemsOf({ config: 'number' }, directory)).toEqual([
      'number:1:21: tokens.a.value: expected text; it is a number to YAML: put it in quotes',
    ]);
  });

  it('says where the master stands that is none', () => {
    const load = (flags: DaemonFlags, environment: NodeJS.ProcessEnv) =>
      loadSettings(flags, { environment, directory: '/', userId: 1000 }).problems.map(describeProblem);
    expect(load({}, { MESOS_URL: 'ftp://a' })[0]).toMatch(/^the environment: MESOS_URL: "ftp:\/\/a" is not/);
    expect(load({ mesos: 'ftp://a' }, {})[0]).toMatch(/^--mesos: mesos\.url: "ftp:\/\/a" is not/);
  });
});
