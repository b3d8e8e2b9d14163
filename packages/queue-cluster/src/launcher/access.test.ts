import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import type { ClusterDefinition } from '../definition/definition.ts';
import { masterAccess } from '../standing/access.ts';
import { writeWanted } from '../standing/wanted.ts';
import { agentAccessFlags, checkAccess, masterAccessFlags, prepareAccess } from './access.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
  mkdirSync(join(folder, 'night'), { mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const directory = () => join(folder, 'night');
const access = (file: string) => readFileSync(join(directory(), 'access', file), 'utf8');
const random = (bytes: number) => Buffer.alloc(bytes, 7);
const secret = '07'.repeat(32);

const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

const define = (text: string): ClusterDefinition =>
  defineCluster({
    name: 'night',
    options: {},
    file: { text: `on: shell\npools: { main: { agents: 1 } }\n${text}`, name: 'c.yaml' },
    sites: [],
  });

const given = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

describe('what lets programs into a cluster', () => {
  it('is a credential of its own, drawn once, for its owner alone', async () => {
    await prepareAccess(define('master: here'), directory(), random);
    await prepareAccess(define('master: here'), directory(), (bytes) => Buffer.alloc(bytes, 8));
    const credential = { principal: 'galaxy-mesos', secret };
    expect(masterAccess(directory())).toEqual({
      master: `file://${directory()}/address`,
      credential,
      credentialFile: `${directory()}/access/credential.json`,
    });
    expect(JSON.parse(access('credentials.json'))).toEqual({ credentials: [credential] });
    const pair = Buffer.from(`galaxy-mesos:${secret}`).toString('base64');
    expect(access('authorization')).toBe(`Authorization: Basic ${pair}\n`);
    expect(access('executor-key')).toBe(secret);
    for (const file of readdirSync(join(directory(), 'access')))
      expect(statSync(join(directory(), 'access', file)).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory(), 'access')).mode & 0o777).toBe(0o700);
  });

  it('is nothing where none is wanted', async () => {
    const open = define('authentication: none');
    await prepareAccess(define(''), directory(), random);
    await prepareAccess(open, directory(), random);
    expect(readdirSync(join(directory(), 'access'))).toEqual([]);
    expect(masterAccess(directory())).toEqual({ master: `file://${directory()}/address` });
    expect([...masterAccessFlags(open, directory()), ...agentAccessFlags(open, directory())]).toEqual([]);
  });

  it('is what a master that is there wants to see', async () => {
    const credential = given('credential', '{"principal":"ann","secret":"s3 c"}');
    const ca = given('ca.pem', pem, 0o644);
    const text = `master: { at: 'https://m:5050', credential_file: ${credential}, ca_file: ${ca} }`;
    await prepareAccess(define(text), directory(), random);
    const { master, tls, credentialFile: _file, ...rest } = masterAccess(directory());
    expect(rest).toEqual({ credential: { principal: 'ann', secret: 's3 c' } });
    expect(master).toBe(`file://${directory()}/access/url`);
    expect(access('url')).toBe('https://m:5050\n');
    expect(tls?.ca.at(-1)).toBe(pem);
    expect(tls?.ca.length).toBeGreaterThan(10);
  });

  it('may be a password of ZooKeeper, which only commands are told', async () => {
    const address = given('master', 'zk://ann:secret@z:2181/mesos\n');
    await prepareAccess(define(`master: 'file://${address}'`), directory(), random);
    expect(access('url')).toBe('zk://ann:secret@z:2181/mesos\n');
  });

  it('is refused from a file that others can read, or that is none', async () => {
    const open = given('credential', '{"principal":"ann","secret":"s"}', 0o644);
    const by = (file: string) => define(`master: { at: 'm:5050', credential_file: ${file} }`);
    await expect(prepareAccess(by(open), directory(), random)).rejects.toThrow(`chmod 600 ${open}`);
    const wrong = given('wrong', '{"principal":"ann"}');
    await expect(prepareAccess(by(wrong), directory(), random)).rejects.toThrow(/DAMAGED.*secret/);
    await expect(prepareAccess(by('/none/such'), directory(), random)).rejects.toThrow(
      /there is no such file/,
    );
    const certificates = define(`master: { at: 'https://m:5050', ca_file: ${wrong} }`);
    await expect(checkAccess(certificates)).rejects.toThrow(`${wrong} holds no certificate`);
    await expect(checkAccess(by('/none/such'))).rejects.toThrow(/INVALID_DEFINITION/);
    await checkAccess(define('master: here'));
  });

  it('is not waited for where a cluster that has never had it is to go', async () => {
    const definition = define("master: { at: 'm:5050', credential_file: /none/such }");
    await writeWanted(directory(), { state: 'down', pools: {}, at: 0 });
    expect(await prepareAccess(definition, directory(), random)).toContain('/none/such cannot be read');
  });

  it('stays as it was where the files of a master that is there are gone, and says so', async () => {
    const file = given('credential', '{"principal":"ann","secret":"s"}');
    const definition = define(`master: { at: 'm:5050', credential_file: ${file} }`);
    expect(await prepareAccess(definition, directory(), random)).toBeUndefined();
    rmSync(file);
    expect(await prepareAccess(definition, directory(), random)).toContain(`${file} cannot be read`);
    expect(masterAccess(directory()).credential).toEqual({ principal: 'ann', secret: 's' });
  });

  it('names files in flags, and never a secret', () => {
    const definition = define('');
    const [master, agent] = [masterAccessFlags(definition, '/c'), agentAccessFlags(definition, '/c')];
    expect(master).toContain('--authenticate_agents');
    expect(master).toContain('--authenticate_http_frameworks');
    expect(master).toContain('--credentials=/c/access/credentials.json');
    expect(agent).toEqual([
      '--credential=/c/access/credential.json',
      '--authenticate_http_readonly',
      '--authenticate_http_readwrite',
      '--http_credentials=/c/access/credentials.json',
    ]);
    expect(agentAccessFlags(define('master: m:5050'), '/c')).toEqual([]);
  });
});
