import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { changeWanted } from '@galaxy-mesos/queue-cluster';
import { expect, it } from 'vitest';
import { clusterView } from '../../test-helpers/made-view.ts';
import { openCluster } from './open-cluster.ts';
import { Progress } from './progress.ts';
import { leftOf, untilGone } from './take-down.ts';

const pilot = { name: 'gm-mine-main-a', pool: 'main', phase: 'leaving', since: 0 } as const;

it('says what is waited for: pilots, a queue that does not answer, and the rest', () => {
  expect(leftOf(clusterView({ pilots: [pilot] }))).toBe('1 pilot is left');
  const away = { systems: [{ key: 'slurm', trouble: 'no answer', strangers: [] }] };
  expect(leftOf(clusterView({ ...away, pilots: [pilot] }))).toBe('1 pilot is left');
  expect(leftOf(clusterView(away))).toBe('no pilot is known; slurm must say first that none is left');
  expect(leftOf(clusterView({ pilots: [{ ...pilot, phase: 'ended' }] }))).toBe('its master and files go');
});

it('waits no longer for a cluster that somebody wants after all', async () => {
  const clusters = mkdtempSync(path.join(tmpdir(), 'clusters-'));
  try {
    const site = path.join(clusters, 'site.yaml');
    writeFileSync(site, '');
    const environment = { GALAXY_MESOS_SITE: site };
    const { directory } = await openCluster(clusters, 'mine', { on: 'shell', agents: '1' }, environment);
    const { signal } = new AbortController();
    const progress = new Progress({ write: () => undefined });
    await changeWanted(directory, (_, at) => ({ state: 'up', pools: {}, at }));
    expect(await untilGone({ name: 'mine', clusters, directory, progress, signal })).toBe('wanted');
  } finally {
    rmSync(clusters, { recursive: true });
  }
});
