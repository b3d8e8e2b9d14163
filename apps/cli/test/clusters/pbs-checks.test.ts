import { expect, it } from 'vitest';
import { makeFakePbs } from '../../../../test-fixtures/fake-pbs/fake-pbs.ts';
import { ClusterPlace } from './cluster-place.ts';

const dryRun = ['up', 'mine', '--on', 'pbs', '--agents', '1', '--mem', '256M', '--dry-run'];

it('PBS, which tries no batch jobs, is asked what it would make of them, before anybody waits', {
  timeout: 120_000,
}, async () => {
  await using pbs = makeFakePbs();
  const place = new ClusterPlace(pbs.environment);

  const fine = await place.cluster(...dryRun, '--cpus', '2', '--walltime', '5m', '--queue', 'short');
  expect(fine, fine.stderr).toMatchObject({ code: 0 });
  expect(fine.stdout).toMatch(/^# pool main, for PBS\n#!\/bin\/bash\n/);
  expect(fine.stdout).toMatch(/^#PBS -q short$/m);
  expect(fine.stderr.split('\n')).toEqual([
    'pool main: server: starts jobs',
    'pool main: queue short: takes jobs and starts them, for at most 00:05:00',
    'pool main: nodes: 1 of 1 are as big as this, 1 of them up',
    'pool main: asked, not tried: nothing that was told speaks against it',
    '',
  ]);

  const tooMuch = await place.cluster(
    ...dryRun,
    '--cpus',
    '7',
    '--walltime',
    '8h',
    '--queue',
    'short',
    '--master-in-job',
  );
  expect(tooMuch, tooMuch.stderr).toMatchObject({ code: 1 });
  expect(tooMuch.stderr).toContain(
    'pool main: queue short: the queue short takes jobs of at most 0:05:00 of walltime, and this one asks for 8:00:00 of walltime (resources_max.walltime)\n',
  );
  expect(tooMuch.stderr).toContain('pool main: nodes: no node has 7 cores: the biggest has 6 cores\n');
  expect(tooMuch.stderr).toMatch(/^master: /m);

  const well = await place.run('doctor', '--on', 'pbs');
  expect(well, well.stdout).toMatchObject({ code: 0 });
  expect(well.stdout).toMatch(/^ok {2}queue workq +takes jobs and starts them$/m);
  const closed = await place.run('doctor', '--on', 'pbs', '--queue', 'closed');
  expect(closed, closed.stdout).toMatchObject({ code: 1 });
  expect(closed.stdout).toMatch(/^BAD queue closed +the queue closed takes no jobs \(enabled = False\)$/m);

  const big = await place.run('doctor', '--on', 'pbs', '--cpus', '64');
  expect(big, big.stdout).toMatchObject({ code: 1 });
  expect(big.stdout).toMatch(/^BAD nodes +no node has 64 cores: the biggest has 6 cores$/m);

  pbs.setDown(true);
  const down = await place.cluster(...dryRun, '--cpus', '2', '--walltime', '5m');
  expect(down, down.stderr).toMatchObject({ code: 1 });
  expect(down.stderr).toMatch(/^pool main: server: .*cannot connect to server/m);
});
