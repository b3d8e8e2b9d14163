import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalDriver } from '@galaxy-mesos/drivers';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import { afterAll, beforeAll } from 'vitest';
import { describeDriverContract } from './contract.ts';

let directory: string;
let count = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-driver-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const plannedEnd = Date.UTC(2100, 0, 1);

const makeDriver = async (previous?: ClusterDriver) => {
  if (previous === undefined) count += 1;
  const sandboxRoot = join(directory, `machine-${count}`);
  return new LocalDriver({ sandboxRoot, resources: { cpus: 2, mem: 2048, disk: 1024 }, plannedEnd });
};

describeDriverContract('LocalDriver', makeDriver, { plannedEnd });
