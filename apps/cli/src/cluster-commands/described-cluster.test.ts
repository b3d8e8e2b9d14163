import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { describedCluster, siteFiles } from './described-cluster.ts';

let directory: string;
let site: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'described-'));
  site = path.join(directory, 'site.yaml');
});
afterEach(() => rmSync(directory, { recursive: true }));

const described = (options: Parameters<typeof describedCluster>[1]) =>
  describedCluster('mine', options, { GALAXY_MESOS_SITE: site });

describe('describedCluster', () => {
  it('puts options, the cluster file and the settings of the site together', () => {
    const file = path.join(directory, 'cluster.yaml');
    writeFileSync(site, 'setup: module load mesos\ndefaults: { walltime: 8h }');
    writeFileSync(file, 'on: sge\npools: { small: { cpus: 2, mem: 4G, max: 9 } }');
    expect(described({ file, on: 'slurm' }).pools.small).toMatchObject({
      ...{ dialect: 'slurm', cpus: 2, max: 9, walltimeSeconds: 28_800 },
      setup: ['module load mesos'],
    });
  });

  it('needs no settings of a site where none are named', () => {
    const environment = { XDG_CONFIG_HOME: path.join(directory, 'none') };
    expect(describedCluster('mine', { on: 'shell', agents: '1' }, environment).name).toBe('mine');
  });

  it('takes an empty file of settings for none', () => {
    writeFileSync(site, '');
    expect(described({ on: 'shell', agents: '1' }).pools.main?.setup).toEqual([]);
  });

  it.each([
    ['is not there', 'none', 'there is no file FILE'],
    ['is below another file', 'site.yaml/none', 'there is no file FILE'],
    ['cannot be read', '.', 'FILE cannot be read: EISDIR'],
  ])('refuses settings that are named and whose file %s', (_, name, what) => {
    writeFileSync(site, '');
    const file = path.join(directory, name);
    const act = () => describedCluster('mine', { on: 'shell', agents: '1' }, { GALAXY_MESOS_SITE: file });
    expect(act).toThrow(UsageError);
    expect(act).toThrow(`GALAXY_MESOS_SITE: ${what.replace('FILE', file)}`);
    expect(act).toThrow(
      /; name a file that you can read, an empty one for no settings, or unset the variable$/,
    );
  });

  it('says which file is wrong, and where', () => {
    writeFileSync(site, 'stup: x');
    expect(() => described({ on: 'shell', agents: '1' })).toThrow(
      `${site}:1:1: stup: there is no such setting; did you mean setup?`,
    );
    writeFileSync(site, Buffer.from([0xff, 0xfe]));
    expect(() => described({ on: 'shell', agents: '1' })).toThrow(`${site} is no text in UTF-8`);
    expect(() => described({ file: path.join(directory, 'none') })).toThrow('--file: ');
  });
});

describe('describedCluster where others have a hand in the settings of the site', () => {
  it.each([0o666, 0o1666])('does not obey what others may write to (%o)', (mode) => {
    writeFileSync(site, 'setup: module load mesos');
    chmodSync(site, mode);
    expect(() => described({ on: 'shell', agents: '1' })).toThrow(
      `${site} is open to others; the settings of a site must be yours or root's, and others must not write to them: chmod go-w ${site}`,
    );
    chmodSync(site, 0o644);
    expect(described({ on: 'shell', agents: '1' }).pools.main?.setup).toEqual(['module load mesos']);
  });

  it('obeys those of no other user, as root neither', () => {
    writeFileSync(site, 'ssh: anything');
    if (process.geteuid?.() === 0) chownSync(site, 1000, 1000);
    const root = vi.spyOn(process, 'geteuid').mockReturnValue(0);
    onTestFinished(() => root.mockRestore());
    expect(() => described({ on: 'shell', agents: '1' })).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: `${site} is somebody else's; the settings of a site must be yours or root's, and others must not write to them: name the one that you mean by GALAXY_MESOS_SITE, as a copy of your own`,
      }),
    );
  });
});

describe('siteFiles', () => {
  it('are the user’s before the machine’s, or the one that is named', () => {
    expect(siteFiles({ XDG_CONFIG_HOME: '/home/me/.config' })).toEqual([
      '/home/me/.config/galaxy-mesos/site.yaml',
      '/etc/galaxy-mesos/site.yaml',
    ]);
    expect(siteFiles({ GALAXY_MESOS_SITE: '/shared/site.yaml' })).toEqual(['/shared/site.yaml']);
  });
});
