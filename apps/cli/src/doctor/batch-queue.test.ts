import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressFinding, lookAtClusters } from './batch-queue.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'clusters-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('lookAtClusters', () => {
  it('says that nodes must see a directory that is on a disk of this machine', async () => {
    const clusters = path.join(directory, 'not', 'there', 'yet');
    expect(await lookAtClusters(clusters, { name: 'slurm', title: 'Slurm' })).toMatchObject({
      state: 'note',
      text: `${clusters} seems to lie on a disk of this machine; the nodes of Slurm must see it`,
    });
    expect((await lookAtClusters(clusters, { name: 'shell', title: 'no queue' })).state).toBe('ok');
  });

  it('says that others could put their own clusters in the place of these', async () => {
    chmodSync(directory, 0o777);
    expect(await lookAtClusters(directory, { name: 'shell', title: 'no queue' })).toMatchObject({
      state: 'problem',
      text: expect.stringContaining(`${directory} is open to others`),
    });
  });
});

describe('addressFinding', () => {
  const interfaces = { lo: [{ address: '127.0.0.1' }], ib0: [{ address: '10.1.0.7' }] };

  it('takes an interface or an address that this machine has', () => {
    expect(addressFinding('ib0', interfaces)).toMatchObject({
      state: 'ok',
      text: 'ib0 is 10.1.0.7 here (agent_address)',
    });
    expect(addressFinding('10.1.0.7', interfaces).state).toBe('ok');
  });

  it('says what a master here would lack', () => {
    expect(addressFinding('ib1', interfaces)).toMatchObject({
      state: 'note',
      text: 'there is no ib1 (agent_address) on this machine, which has lo, ib0',
    });
  });
});
