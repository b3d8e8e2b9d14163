import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chosenCluster } from './cluster.ts';

describe('chosenCluster', () => {
  it('prefers the option to the environment', async () => {
    expect(await chosenCluster('local', { MESOS_URL: 'a:5050' })).toEqual({ kind: 'local' });
    expect(await chosenCluster('b:5050', { MESOS_URL: 'a:5050' })).toEqual({
      kind: 'mesos',
      master: 'b:5050',
    });
    expect(await chosenCluster(undefined, { MESOS_URL: 'a:5050' })).toEqual({
      kind: 'mesos',
      master: 'a:5050',
    });
    expect(await chosenCluster(undefined, {})).toEqual({ kind: 'local' });
  });

  it.each([
    ['ftp://a', {}, '--mesos'],
    [undefined, { MESOS_URL: 'ftp://a' }, 'MESOS_URL'],
  ])('refuses what is no MESOS_URL, and names where it was given', async (option, environment, source) => {
    await expect(chosenCluster(option, environment)).rejects.toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(source) }),
    );
  });

  it.each([
    ['cluster:mine', {}, '--mesos'],
    [undefined, { MESOS_URL: ' cluster:mine' }, 'MESOS_URL'],
    [undefined, { MESOS_URL: '10.0.0.1:5050', GALAXY_MESOS_CLUSTER: 'mine' }, 'MESOS_URL'],
  ])('looks for clusters of a queue by their names', async (option, environment, source) => {
    const surroundings = { GALAXY_MESOS_CLUSTERS: '/nowhere', ...environment };
    await expect(chosenCluster(option, surroundings)).rejects.toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: `${source} cluster:mine: [UNKNOWN_CLUSTER] there is no cluster mine in /nowhere; there is none`,
      }),
    );
  });

  describe('that wants a credential', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'credential-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('is shown the one in the file that the environment names, as that of a task does', async () => {
      const file = path.join(folder, 'credential.json');
      const environment = { MESOS_URL: 'a:5050', GALAXY_MESOS_CREDENTIAL_FILE: file };
      await expect(chosenCluster(undefined, environment)).rejects.toThrow(/credential.json cannot be read/);
      writeFileSync(file, '{"principal":"ann","secret":"s"}');
      expect(await chosenCluster(undefined, environment)).toEqual({
        kind: 'mesos',
        master: 'a:5050',
        credential: { principal: 'ann', secret: 's' },
        credentialFile: file,
      });
      expect(await chosenCluster('local', environment)).toEqual({ kind: 'local' });
      // It stands beside the other one's address; by itself, it is for the one that is named.
      expect(await chosenCluster('b:5050', environment)).toEqual({ kind: 'mesos', master: 'b:5050' });
      expect(await chosenCluster('b:5050', { ...environment, MESOS_URL: '' })).toMatchObject({
        credential: { principal: 'ann' },
      });
    });

    it('is shown that of a cluster only if it is that cluster’s', async () => {
      const file = path.join(folder, 'access', 'credential.json');
      mkdirSync(path.dirname(file));
      writeFileSync(file, '{"principal":"ann","secret":"s"}');
      const environment = { MESOS_URL: '127.0.0.1:1', GALAXY_MESOS_CREDENTIAL_FILE: file };
      expect(await chosenCluster(undefined, environment)).toEqual({ kind: 'mesos', master: '127.0.0.1:1' });
      writeFileSync(path.join(folder, 'address'), '127.0.0.1:1\n');
      expect(await chosenCluster(undefined, environment)).toMatchObject({
        credential: { principal: 'ann', secret: 's' },
        credentialFile: file,
      });
      for (const other of [{ option: 'http://somebody.else:5050' }, { MESOS_URL: 'somebody.else:5050' }]) {
        const cluster = await chosenCluster(other.option, { ...environment, ...other });
        expect(cluster).toEqual({ kind: 'mesos', master: other.option ?? other.MESOS_URL });
      }
    });
  });
});
