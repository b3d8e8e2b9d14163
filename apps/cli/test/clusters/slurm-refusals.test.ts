import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { requireRealSlurm, startSlurm } from '../../../../test-fixtures/real-slurm/real-slurm.ts';
import { ClusterPlace } from './cluster-place.ts';

const shape = ['--on', 'slurm', '--agents', '1', '--cpus', '1', '--mem', '256M', '--walltime', '10m'];

describe.skipIf(!(requireRealMesos() && requireRealSlurm()))('clusters in Slurm', () => {
  it('are tried, examined and refused before anybody waits in the queue', { timeout: 180_000 }, async () => {
    await using slurm = await startSlurm({ nodes: 1 });
    const place = new ClusterPlace(slurm.environment);

    const trial = await place.cluster(
      'up',
      'mine',
      ...shape,
      '--master-in-job',
      '--queue',
      'main',
      '--dry-run',
    );
    expect(trial, trial.stderr).toMatchObject({ code: 0 });
    expect(trial.stdout).toMatch(
      /^# master, for Slurm\n#!\/bin\/bash\n[\s\S]*\n# pool main, for Slurm\n#!\/bin\/bash\n/,
    );
    expect(trial.stdout).toMatch(/^#SBATCH .*gm-mine-main-x{8}/m);
    expect(trial.stderr).toContain('pool main: Slurm would take it');
    const wrong = await place.cluster('up', 'mine', ...shape, '--queue', 'nosuch', '--dry-run');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^pool main: Slurm refuses: .*partition/im);
    expect(await slurm.jobs()).toEqual([]);

    // A login node that runs, as ssh does, the line it is given by a shell.
    const login = path.join(place.directory, 'login');
    writeFileSync(login, '#!/bin/sh\necho "$2" >> "$0.log"\nexec sh -c "$2"\n', { mode: 0o755 });
    const through = await place.run('doctor', '--on', 'slurm', '--queue', 'main', '--ssh', `${login} node`);
    expect(through, through.stdout).toMatchObject({ code: 0 });
    expect(through.stdout).toContain('runs commands there without asking for anything');
    expect(readFileSync(`${login}.log`, 'utf8')).toMatch(/^'true'\n'sbatch' /);

    const well = await place.run('doctor', '--on', 'slurm', '--queue', 'main');
    expect(well, well.stdout).toMatchObject({ code: 0 });
    expect(well.stdout).toContain('would take a batch job of 1 core and 1G for 1h');
    const ill = await place.run('doctor', '--on', 'slurm', '--queue', 'nosuch', '--json');
    expect(ill.code).toBe(1);
    const findings = ill.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(findings.filter(({ state }) => state === 'problem')).toEqual([
      expect.objectContaining({ text: expect.stringContaining('nosuch') }),
    ]);

    const refused = await place.cluster('up', 'mine', ...shape, '--queue', 'nosuch');
    expect(refused, refused.stderr).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/^main: paused: .*partition/im);
    expect(refused.stderr).toContain('nothing of the cluster could be started; it is removed again');
    expect(existsSync(path.join(place.clusters, 'mine'))).toBe(false);
    await expect.poll(() => place.processes(), { timeout: 60_000 }).toEqual([]);
    expect(await slurm.jobs()).toEqual([]);
  });
});
