import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { mesos } from '@galaxy-mesos/mesos-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentialForMaster } from './credential-for-master.ts';
import { accessFile, writeAccess } from './standing/access.ts';
import { writeAddress } from './standing/address.ts';

const credential = { principal: 'ann', secret: 's' };
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credential-'));
  await writeAccess(folder, { credential });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is shown to a master, where the cluster's own calls itself so. */
const shownTo = (master: string, info?: mesos.MasterInfo, file = accessFile(folder, 'credential')) =>
  credentialForMaster(file, master, async () => info);

const node7: mesos.MasterInfo = {
  ...{ id: 'm', ip: 0, port: 5050, hostname: 'node7.cluster' },
  address: { hostname: 'node7.cluster', ip: '10.0.0.7', port: 5050 },
};

describe('credentialForMaster', () => {
  it.each(['10.0.0.7:5050', 'http://10.0.0.7:5050/', '10.0.0.7'])(
    'shows the credential of a cluster to its master (%s)',
    async (master) => {
      await writeAddress(folder, '10.0.0.7:5050');
      expect(await shownTo(master)).toEqual(credential);
    },
  );

  it.each([
    ...['http://somebody.else:5050', '10.0.0.7:5051', '10.0.0.7:5050,somebody.else:5050'],
    ...['zk://10.0.0.7:5050/mesos', 'file:///etc/hostname'],
  ])('shows it to nobody else (%s)', async (master) => {
    await writeAddress(folder, '10.0.0.7:5050');
    expect(await shownTo(master, node7)).toBeUndefined();
  });

  it('shows it to nobody while the cluster has no master, not even for what another one says', async () => {
    expect(await shownTo('10.0.0.7:5050', node7)).toBeUndefined();
  });

  it('knows the master by the names that it gives itself, as tasks are told them', async () => {
    await writeAddress(folder, '10.0.0.7:5050');
    expect(await shownTo('node7.cluster:5050', node7)).toEqual(credential);
    expect(await shownTo('node7.cluster:5050')).toBeUndefined();
    await writeAddress(folder, 'zk://a:2181,b/mesos');
    expect(await shownTo('10.0.0.7:5050', node7)).toEqual(credential);
    expect(await shownTo('zk://b:2181/mesos', node7)).toEqual(credential);
    expect(await shownTo('zk://b:2181,c:2181/mesos', node7)).toBeUndefined();
    expect(await shownTo('zk://b:2181/other', node7)).toBeUndefined();
  });

  it('goes by the file of the address, by whatever way that is named', async () => {
    await writeAddress(folder, '10.0.0.7:5050');
    symlinkSync(folder, join(folder, 'link'));
    expect(await shownTo(`file://${folder}/address`)).toEqual(credential);
    expect(await shownTo(`file://${folder}/link/address`)).toEqual(credential);
    expect(await shownTo(`file://${folder}/elsewhere`)).toBeUndefined();
    const link = join(folder, 'link', 'access', 'credential.json');
    expect(await shownTo('10.0.0.7:5050', undefined, link)).toEqual(credential);
    expect(await shownTo('somebody.else:5050', undefined, link)).toBeUndefined();
  });

  it('is not shown in the clear where the master speaks TLS', async () => {
    await writeAccess(folder, { credential, url: 'https://node7.cluster:5050' });
    await writeAddress(folder, 'node7.cluster:5050');
    expect(await shownTo('https://node7.cluster:5050')).toEqual(credential);
    expect(await shownTo('https://10.0.0.7:5050', node7)).toEqual(credential);
    expect(await shownTo('node7.cluster:5050', node7)).toBeUndefined();
  });

  it('leaves a file that is no cluster’s to whoever names it', async () => {
    const file = join(folder, 'credential.json');
    await expect(shownTo('somebody.else:5050', undefined, file)).rejects.toThrow('there is no such file');
    writeFileSync(file, JSON.stringify(credential));
    expect(await shownTo('somebody.else:5050', undefined, file)).toEqual(credential);
  });
});
