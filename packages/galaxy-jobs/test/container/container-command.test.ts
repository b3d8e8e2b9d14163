import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { containerStatuses, isContainerCommand } from '../../src/index.ts';
import { runContained, startContained, Tree } from './contained-run.ts';
import { StandIn } from './stand-in.ts';

let tree: Tree;
beforeEach(() => {
  tree = new Tree();
});
afterEach(() => tree[Symbol.dispose]());

const image = 'example/image:1';
const resources = { GALAXY_MESOS_CPUS: '2.5', GALAXY_MESOS_MEM: '100.7', MESOS_URL: 'http://m:5050,n' };

/** The arguments that stand after an option. */
const after = (words: readonly string[], option: string): string[] =>
  words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ''] : []));

const bind = (file: string, readOnly: boolean) => `${file}:${file}${readOnly ? ':ro' : ''}`;
/** How a mount is asked for. */
const mounted = {
  docker: (file: string, readOnly: boolean) =>
    `type=bind,"source=${file}","target=${file}"${readOnly ? ',readonly' : ''}`,
  podman: (file: string, readOnly: boolean) =>
    `type=bind,source=${file},target=${file}${readOnly ? ',readonly' : ''}`,
  singularity: bind,
  apptainer: bind,
};

describe.each(['docker', 'podman', 'singularity', 'apptainer'] as const)(
  'a command by %s (a stand-in)',
  (runtime) => {
    const verb = runtime === 'docker' || runtime === 'podman' ? 'run' : 'exec';

    it('has its exit code, its streams, and the working directory', async () => {
      const standIn = new StandIn(tree.root, runtime);
      const command = `/bin/sh -c 'pwd; echo "$0" >&2; exit 7' "it's $attempt"`;
      const ended = await runContained(
        tree,
        { container: { image, runtime }, command },
        { PATH: standIn.path },
      );
      expect(ended).toEqual({ status: 7, stdout: `${tree.working}\n`, stderr: "it's job=1:a.0\n" });
      const words = standIn.calls(verb);
      expect(words.slice(-5)).toEqual([
        verb === 'run' ? image : `docker://${image}`,
        '/bin/sh',
        '-c',
        'pwd; echo "$0" >&2; exit 7',
        "it's job=1:a.0",
      ]);
    });

    it('sees its tree and the volumes, each once', async () => {
      const standIn = new StandIn(tree.root, runtime);
      const volumes = [
        { path: '/usr', readOnly: true },
        { path: '/tmp', readOnly: false },
      ];
      const mounts = [
        { path: '"$tree"' },
        { path: "'/usr'", readOnly: true },
        { path: "'/tmp'", readOnly: true },
      ];
      const contained = { container: { image, runtime, volumes }, command: 'true', mounts };
      const ended = await runContained(tree, contained, { PATH: standIn.path });
      expect(ended.status).toBe(0);
      const words = after(standIn.calls(verb), verb === 'run' ? '--mount' : '--bind');
      expect(words).toEqual([
        mounted[runtime](tree.root, false),
        mounted[runtime]('/usr', true),
        mounted[runtime]('/tmp', false),
      ]);
    });

    it('is told on SIGTERM, and waited for', async () => {
      const standIn = new StandIn(tree.root, runtime);
      const command = `/bin/sh -c 'trap "sleep 0.3; touch ended; exit 0" TERM; touch started; while :; do sleep 0.05; done'`;
      const { child, ended } = startContained(
        tree,
        { container: { image, runtime }, command },
        { PATH: standIn.path },
      );
      const started = () => expect(existsSync(path.join(tree.working, 'started'))).toBe(true);
      await vi.waitFor(started, { timeout: 60_000, interval: 20 });
      child.kill('SIGTERM');
      expect((await ended).status).toBe(143);
      expect(existsSync(path.join(tree.working, 'ended'))).toBe(true);
    });

    it('is refused in one line where the program is not there', async () => {
      const bin = path.join(tree.root, 'bin');
      // Nothing but what the script itself needs.
      const contained = { container: { image, runtime }, command: 'true' };
      const environment = { PATH: `${bin}:/nowhere` };
      const ended = await runContained(tree, contained, environment);
      expect(ended.status).toBe(containerStatuses.unavailable);
      expect(ended.stderr).toContain(
        `galaxy-mesos: the job is to run in the image ${image} by ${runtime}, which`,
      );
    });
  },
);

describe.each(['docker', 'podman'] as const)('a container of %s (a stand-in)', (runtime) => {
  const run = (standIn: StandIn, command = 'true', environment = {}) =>
    runContained(
      tree,
      { container: { image, runtime }, command, environment: ['MINE', 'ABSENT'] },
      {
        PATH: standIn.path,
        ...resources,
        ...environment,
      },
    );

  it('has a name of its own, the user, the resources and the network of the task', async () => {
    const standIn = new StandIn(tree.root, runtime);
    await run(standIn);
    const words = standIn.calls('run');
    expect(after(words, '--name')).toEqual(['galaxy-mesos-job_1_a.0']);
    expect(after(words, '--user')).toEqual([`${process.getuid?.()}:${process.getgid?.()}`]);
    expect(after(words, '--cpu-shares')).toEqual(['2048']);
    expect(after(words, '--network')).toEqual(['host']);
    expect(after(words, '--entrypoint')).toEqual(['']);
    expect(after(words, '--env')).toEqual(
      expect.arrayContaining([`HOME=${tree.root}/home`, 'MESOS_URL', 'GALAXY_SLOTS', 'MINE', 'ABSENT']),
    );
    if (runtime === 'docker' || process.getuid?.() === 0) expect(after(words, '--memory')).toEqual(['100m']);
    expect(words).not.toContain('--gpus');
  });

  it('is removed at the end', async () => {
    const standIn = new StandIn(tree.root, runtime);
    await run(standIn, 'false');
    expect(standIn.calls('rm')).toEqual(['rm', '--force', 'galaxy-mesos-job_1_a.0']);
  });

  it('that could not be made is no failure of the command', async () => {
    const ended = await run(new StandIn(tree.root, runtime, 'not-created'));
    expect(ended.status).toBe(containerStatuses.unavailable);
    expect(ended.stderr).toContain(`galaxy-mesos: ${runtime} could not start the image ${image} on `);
  });

  it('that ran out of memory says so', async () => {
    const ended = await run(new StandIn(tree.root, runtime, 'out-of-memory'), "/bin/sh -c 'exit 137'");
    expect(ended.status).toBe(containerStatuses.outOfMemory);
    expect(ended.stderr).toContain('galaxy-mesos: the container used more than its 100.7 MiB');
  });

  it('has no limits where nobody says what the task may use', async () => {
    const standIn = new StandIn(tree.root, runtime);
    await run(standIn, 'true', { GALAXY_MESOS_CPUS: '', GALAXY_MESOS_MEM: '' });
    const words = standIn.calls('run');
    expect([...after(words, '--memory'), ...after(words, '--cpu-shares')]).toEqual([]);
  });
});

describe.each(['singularity', 'apptainer'] as const)('a command by %s (a stand-in)', (runtime) => {
  it('gets variables whatever is in them, and no others', async () => {
    const standIn = new StandIn(tree.root, runtime);
    const contained = { container: { image, runtime }, command: 'env -0', environment: ['MINE', 'ABSENT'] };
    const environment = { PATH: standIn.path, MINE: `a,b "c" 'd' $e\nf`, ...resources };
    const { stdout } = await runContained(tree, contained, environment);
    const prefix = `${runtime.toUpperCase()}ENV_`;
    const passed = stdout.split('\0').filter((line) => line.startsWith(prefix));
    expect(passed.toSorted()).toEqual(
      [
        `${prefix}GALAXY_MESOS_CPUS=2.5`,
        `${prefix}GALAXY_MESOS_MEM=100.7`,
        `${prefix}MESOS_URL=http://m:5050,n`,
        `${prefix}MINE=a,b "c" 'd' $e\nf`,
      ].toSorted(),
    );
    expect(standIn.calls('exec')).toContain('--cleanenv');
    expect(after(standIn.calls('exec'), '--home')).toEqual([`${tree.root}/home`]);
  });
});

describe('isContainerCommand', () => {
  it.each([
    'docker run -e "A=b" --rm x /bin/sh t.sh > out',
    'cd /x; sudo docker run x',
    'true && singularity -s exec --cleanenv x sh',
    'podman --log-level=error run x',
    '(apptainer exec x)',
    'SINGULARITYENV_A=b /usr/local/bin/singularity -s exec x sh',
  ])('knows %j', (command) => {
    expect(isContainerCommand(command)).toBe(true);
  });

  it.each([
    '/bin/bash tool_script.sh',
    'mydocker run x',
    'docker ps',
    'echo docker; run x',
    'docker-compose run x',
  ])('does not take %j for one', (command) => {
    expect(isContainerCommand(command)).toBe(false);
  });
});
