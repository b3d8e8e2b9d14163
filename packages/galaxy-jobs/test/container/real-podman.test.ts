import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { containerStatuses } from '../../src/index.ts';
import { runContained, startContained, Tree } from './contained-run.ts';

const image = 'localhost/galaxy-mesos-test:1';
const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-podman-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Machines that are containers themselves do not let podman raise limits or lay out cgroups by systemd. */
const settings = path.join(directory, 'containers.conf');
writeFileSync(
  settings,
  `[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]\n
[engine]\ncgroup_manager = "cgroupfs"\nruntime = "${spawnSync('runc', ['--version']).status === 0 ? 'runc' : 'crun'}"\n`,
);
const environment = { CONTAINERS_CONF: settings, GALAXY_MESOS_MEM: '64', GALAXY_MESOS_CPUS: '1' };
const podman = (...words: string[]) =>
  spawnSync('podman', words, { encoding: 'utf8', env: { ...process.env, ...environment } });

/** Makes an image of the busybox of this machine; false where podman or busybox is not there or does not work. */
function makeImage(): boolean {
  const busybox = spawnSync('/bin/sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
  if (busybox === '' || podman('--version').status !== 0) return false;
  const root = path.join(directory, 'root');
  mkdirSync(path.join(root, 'bin'), { recursive: true });
  copyFileSync(busybox, path.join(root, 'bin', 'busybox'));
  for (const name of ['sh', 'env', 'id', 'pwd', 'touch', 'sleep', 'tr', 'cat']) {
    symlinkSync('busybox', path.join(root, 'bin', name));
  }
  const archive = path.join(directory, 'root.tar');
  if (spawnSync('tar', ['-cf', archive, '-C', root, '.']).status !== 0) return false;
  if (podman('import', archive, image).status !== 0) return false;
  return podman('run', '--rm', '--network', 'host', image, '/bin/sh', '-c', 'exit 0').status === 0;
}

describe.skipIf(!makeImage())('a command in a container of the real podman', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = new Tree();
  });
  afterEach(() => tree[Symbol.dispose]());
  const container = { image, runtime: 'podman' } as const;
  const names = () => podman('ps', '--all', '--format', '{{.Names}}').stdout;

  it('runs in its tree as the same user, with its variables, and leaves nothing', async () => {
    const command = `/bin/sh -c 'pwd; id -u; touch made; echo "$HOME,$MESOS_URL,$MINE,$OTHER"; touch /usr-is-not-here/x; exit 7'`;
    const ended = await runContained(
      tree,
      { container, command, environment: ['MINE'] },
      {
        ...environment,
        MESOS_URL: 'http://m:5050,n',
        MINE: 'a\nb "c"',
        OTHER: 'no',
      },
    );
    expect(ended.status).toBe(7);
    const home = `${tree.root}/home`;
    expect(ended.stdout).toBe(`${tree.working}\n${process.getuid?.()}\n${home},http://m:5050,n,a\nb "c",\n`);
    expect(existsSync(path.join(tree.working, 'made'))).toBe(true);
    expect(names()).not.toContain('galaxy-mesos-job');
  });

  it('cannot write where it may only read', async () => {
    const volumes = [{ path: directory, readOnly: true }];
    const command = `/bin/sh -c 'touch "$0/x"' '${directory}'`;
    const ended = await runContained(tree, { container: { ...container, volumes }, command }, environment);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('Read-only');
  });

  it.each(["trap 'exit 0' TERM; ", ''])('is ended by SIGTERM, and removed (%j)', async (trap) => {
    const file = path.join(tree.working, 'script');
    writeFileSync(file, `${trap}touch started; while :; do sleep 0.05; done`);
    const { child, ended } = startContained(tree, { container, command: '/bin/sh script' }, environment);
    const started = () => expect(existsSync(path.join(tree.working, 'started'))).toBe(true);
    await vi.waitFor(started, { timeout: 60_000, interval: 50 });
    child.kill('SIGTERM');
    expect((await ended).status).toBe(143);
    expect(names()).not.toContain('galaxy-mesos-job');
  });

  it('that uses more memory than the task may is ended, and told apart', async () => {
    const command = `/bin/sh -c 'x=$(cat /dev/zero | tr "\\000" a); echo unharmed'`;
    const ended = await runContained(tree, { container, command }, environment);
    expect(ended.status).toBe(containerStatuses.outOfMemory);
    expect(ended.stdout).toBe('');
  });

  it('of an image that is nowhere is no failure of the command', async () => {
    const nowhere = { image: 'localhost/galaxy-mesos-nowhere:1', runtime: 'podman' } as const;
    const ended = await runContained(tree, { container: nowhere, command: 'true' }, environment);
    expect(ended.status).toBe(containerStatuses.unavailable);
    expect(ended.stderr).toContain(
      'galaxy-mesos: podman could not start the image localhost/galaxy-mesos-nowhere:1',
    );
  });
});
