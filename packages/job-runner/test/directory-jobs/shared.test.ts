import { spawnSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryJobFixture } from './directory-job-fixture.ts';
import { until } from './until.ts';

describe.each([
  { which: 'an attempt', asThisUser: false },
  { which: 'an attempt whose tree was prepared', asThisUser: true },
])('$which on a shared file system', ({ asThisUser }) => {
  let fixture: DirectoryJobFixture;
  const at = (file: string) => path.join(fixture.directory, file);
  const attemptOf = (attemptId: string) =>
    path.join(fixture.control, 'attempts', asThisUser ? 'prepared' : attemptId);
  const treeOf = (attemptId: string) => path.join(attemptOf(attemptId), '7');

  /** Runs a tool, which must not fail as a task, and delivers what it made. */
  const runAndDeliver = async (tool: string) => {
    const end = await fixture.run(tool);
    expect(end).toMatchObject({ status: 0 });
    return { ...end, ...(await fixture.deliver(end.attemptId)) };
  };

  beforeEach(async () => {
    fixture = await DirectoryJobFixture.make();
    fixture.shared = { mode: 'shared', asThisUser };
  });
  afterEach(() => fixture.remove());

  it('works in a tree of its own, and touches the job directory only when it is delivered', async () => {
    await fixture.put('inputs/in.txt', 'input\n');
    await fixture.put('outputs/old.txt', 'old\n');
    const tool = `cat ${at('inputs/in.txt')} > ${at('outputs/out.txt')}; pwd > ${at('working/where')}; exit 4`;
    const end = await fixture.run(tool);
    expect(end).toMatchObject({ status: 0 });
    expect(await readdir(at('outputs'))).toEqual(['old.txt']);
    expect(await readdir(at('working'))).toEqual([]);
    expect(await fixture.deliver(end.attemptId)).toEqual({ exitCode: 4 });
    expect(await fixture.read('outputs/out.txt')).toBe('input\n');
    expect(await fixture.read('outputs/old.txt')).toBe('old\n');
    expect(await fixture.read('working/where')).toBe(`${treeOf(end.attemptId)}/working\n`);
    expect(await fixture.read('return_code')).toBe('4\n');
    await until(
      'nothing to be left but the script',
      async () => (await readdir(fixture.control)).length === 1 || undefined,
    );
    expect(await readdir(end.sandbox)).toEqual([]);
  });

  it('puts the tree in the place of the job directory in scripts and small texts, and back again', async () => {
    const name = at('working/x');
    await fixture.put('tool_script.sh', `echo ${name} > ${at('outputs/named')}\n`, 0o755);
    await fixture.put('configs/config', `${at('')}${at('')} ${at('')}2 /mnt${at('')} -I${at('')}/include`);
    await fixture.put('configs/binary', Buffer.from(`\0${name}`));
    await fixture.put('inputs/list', name);
    await fixture.put('metadata/params.json', JSON.stringify({ path: name }));
    const tool = `${at('tool_script.sh')}; cp ${at('configs')}/* ${at('inputs/list')} ${at('metadata')}/* .; cat ../tool_script.sh`;
    const end = await runAndDeliver(tool.replace(at('tool_script.sh'), `bash ${at('tool_script.sh')}`));
    const tree = treeOf(end.attemptId);
    expect(end.stdout).toContain(`echo ${tree}/working/x`);
    expect(await fixture.read('outputs/named')).toBe(`${tree}/working/x\n`);
    const here = at('');
    expect(await fixture.read('working/config')).toBe(
      `${tree}${here} ${here}2 /mnt${here} -I${tree}/include`,
    );
    expect(await fixture.read('working/binary')).toBe(`\0${name}`);
    expect(await fixture.read('working/list')).toBe(name);
    expect(JSON.parse(await fixture.read('working/params.json'))).toEqual({ path: `${tree}/working/x` });
    expect(await fixture.read('metadata/params.json')).toBe(JSON.stringify({ path: name }));
    expect(await fixture.read('tool_script.sh')).toBe(`echo ${name} > ${at('outputs/named')}\n`);
    expect((await stat(at('tool_script.sh'))).mode & 0o777).toBe(0o755);
  });

  it('lets a tool put files beside its inputs without anybody else seeing them', async () => {
    await fixture.put('inputs/a.bam', 'bam');
    await fixture.put('inputs/a_files/deep/b', 'b');
    await runAndDeliver(`touch ${at('inputs/a.bam.bai')}; cat ${at('inputs/a_files/deep/b')} > out`);
    expect(await readdir(at('inputs'))).toEqual(['a.bam', 'a_files']);
    expect(await fixture.read('working/out')).toBe('b');
  });

  it('brings links into an order that holds in the job directory', async () => {
    await fixture.put('inputs/in', 'input');
    await fixture.put('configs/c', 'config');
    const outside = path.join(fixture.top, 'reference.fa');
    await writeFile(outside, '>reference');
    const { stderr } = await runAndDeliver(
      [
        `ln -s ${at('inputs/in')} ${at('outputs/to_input')}`,
        `echo real > ${at('outputs/real')}; ln -s real ${at('outputs/to_sibling')}`,
        `echo w > w; ln -s "$PWD/w" ${at('outputs/to_working')}; ln -s ../working/w ${at('outputs/relative')}`,
        `ln -s ${at('configs/c')} to_config; echo t > "$TMPDIR/t"; ln -s "$TMPDIR/t" to_temporary`,
        `touch ${at('inputs')}/made; ln -s ../inputs/made to_made`,
        `ln -s ${outside} to_reference; ln -s /usr to_directory; ln -s /nowhere/x gone; ln -s "$PWD/later" dangling`,
        'ln -s ../../../../etc/passwd climbing; ln -s ../../../../nowhere climbing_to_nothing; mkfifo pipe; mkdir sub; ln -s sub to_sub',
        `ln -s loop loop; mkdir ${at('inputs/d')}; ln -s w "a link"$'\\n'"of two lines"`,
      ].join('\n'),
    );
    const text = (file: string) => fixture.read(file);
    expect(await readlink(at('outputs/to_input'))).toBe(at('inputs/in'));
    expect(await readlink(at('outputs/to_sibling'))).toBe('real');
    expect(await readlink(at('outputs/to_working'))).toBe(at('working/w'));
    expect(await readlink(at('outputs/relative'))).toBe('../working/w');
    expect(await text('outputs/to_working')).toBe('w\n');
    expect(await text('outputs/relative')).toBe('w\n');
    expect(await text('working/a link\nof two lines')).toBe('w\n');
    for (const file of ['to_config', 'to_temporary', 'to_made', 'to_reference']) {
      expect((await lstat(at(`working/${file}`))).isFile()).toBe(true);
    }
    expect(await text('working/to_config')).toBe('config');
    expect(await text('working/to_reference')).toBe('>reference');
    expect((await stat(at('working/to_sub'))).isDirectory()).toBe(true);
    expect(await readlink(at('working/dangling'))).toBe(at('working/later'));
    const left = await readdir(at('working'));
    for (const name of ['to_directory', 'gone', 'climbing_to_nothing', 'pipe'])
      expect(left).not.toContain(name);
    expect(stderr).toContain('left out working/to_directory: it is a link to /usr');
    if (left.includes('climbing')) expect((await lstat(at('working/climbing'))).isFile()).toBe(true);
  });

  it('keeps names with anything in them, executable bits, and empty files and directories', async () => {
    const odd = [
      'a b',
      "it's",
      '"q"',
      '$HOME `id`',
      'two\nlines',
      'ü\u{1d11e}',
      '-rf',
      '*',
      'back\\slash',
      '#1{a,b}[0-9]',
    ];
    for (const name of odd) await fixture.put(`inputs/${name}`, name);
    await fixture.put('working/run', '#!/bin/sh\necho ran\n', 0o755);
    await runAndDeliver(`cp -- ../inputs/* ../outputs/; ./run > ran; mkdir -p ../outputs/empty/er; : > zero`);
    for (const name of odd) expect(await fixture.read(`outputs/${name}`)).toBe(name);
    expect(await fixture.read('working/ran')).toBe('ran\n');
    expect((await stat(at('working/run'))).mode & 0o111).toBe(0o111);
    expect(await readdir(at('outputs/empty'))).toEqual(['er']);
    expect(await fixture.read('working/zero')).toBe('');
  });

  // Up to bash 5.0, here-documents are files, which are no pipes.
  it.each([{}, { BASH_COMPAT: '5.0' }])(
    'shows what the tool prints while it runs, all of it once',
    async (environment) => {
      const tool = `exec > ../metadata/tool_stdout 2> ../metadata/tool_stderr; echo one; echo two >&2; while [ ! -e ${fixture.top}/go ]; do sleep 0.1; done; echo three; echo four >&2`;
      const task = await fixture.start(tool, fixture.shared, environment);
      const shown = await until('the first lines', () =>
        task.shown().stdout.includes('one') ? task.shown() : undefined,
      );
      expect(shown.stdout).toBe('one\n');
      await writeFile(path.join(fixture.top, 'go'), '');
      expect(await task.ended).toEqual({ status: 0, stdout: 'one\nthree\n', stderr: 'two\nfour\n' });
    },
  );

  it.each([{}, { BASH_COMPAT: '5.0' }])('shows what a short tool has printed', async (environment) => {
    const tool = 'echo out > ../metadata/tool_stdout; echo error > ../metadata/tool_stderr';
    const end = await fixture.run(tool, environment);
    expect(end).toMatchObject({ status: 0, stdout: 'out\n', stderr: 'error\n' });
  });

  it('has no files open for the tool but its streams, and what it was given itself', async () => {
    await runAndDeliver('ls /proc/self/fd > out');
    const { stdout } = spawnSync('ls', ['/proc/self/fd'], { encoding: 'utf8' });
    expect(await fixture.read('working/out')).toBe(stdout);
  });

  it('passes SIGTERM on, waits for the tool, and counts as ended by it', async () => {
    const tool = `trap 'echo cleaned > ${at('outputs/cleaned')}; exit 0' TERM; touch ${fixture.top}/runs; while :; do sleep 0.1; done`;
    const task = await fixture.start(tool, fixture.shared);
    await until('the tool to run', async () => (await readdir(fixture.top)).includes('runs') || undefined);
    process.kill(task.pid, 'SIGTERM');
    expect((await task.ended).status).toBe(143);
    expect(await readFile(path.join(treeOf(task.attemptId), 'outputs/cleaned'), 'utf8')).toBe('cleaned\n');
  });

  it('leaves the exit code to Galaxy, also of a tool that was killed', async () => {
    expect(await runAndDeliver('kill -KILL $$')).toMatchObject({ status: 0 });
    expect(await fixture.read('return_code')).toBe('137\n');
    expect(await runAndDeliver(`sh -c 'kill -KILL $$'`)).toMatchObject({ exitCode: 137 });
  });

  it('says so when the agent does not see the job, or has no bash', async () => {
    const task = await fixture.start('true', fixture.shared, { PATH: fixture.top });
    expect(await task.ended).toMatchObject({
      status: 91,
      stderr: expect.stringContaining('there is no bash'),
    });
    await fixture.deliver(task.attemptId).catch(() => {});
    await fixture.hideControlDirectory();
    const unseen = await fixture.startAgain('true', fixture.shared);
    expect(await unseen.ended).toMatchObject({
      status: 97,
      stderr: expect.stringContaining('galaxy-mesos: this machine does not see'),
    });
  });

  it('runs the job script in the image of the job, by a program that must be there', async () => {
    fixture.changes = { container: { image: 'an image', runtime: 'podman' } };
    const bin = path.join(fixture.top, 'bin');
    await mkdir(bin);
    const log = path.join(fixture.top, 'arguments');
    // What it is told to mount, and then the command itself.
    const podman = `#!/bin/bash\n[ "$1" = run ] || { echo false; exit 0; }\nprintf '%s\\n' "$@" > ${log}
while [ "$1" != 'an image' ]; do shift; done; shift; exec "$@"\n`;
    await writeFile(path.join(bin, 'podman'), podman, { mode: 0o755 });
    const end = await fixture.run('echo inside > ../outputs/o; exit 3', {
      PATH: `${bin}:${process.env.PATH}`,
    });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    const attempt = attemptOf(end.attemptId);
    const told = await readFile(log, 'utf8');
    expect(told).toContain(`type=bind,source=${attempt},target=${attempt}\n`);
    expect(told).toContain(`type=bind,source=${fixture.directory},target=${fixture.directory},readonly\n`);
    expect(await fixture.deliver(end.attemptId)).toEqual({ exitCode: 3 });
    expect(await fixture.read('outputs/o')).toBe('inside\n');
  });

  it('takes the word of the program for images that memory ran out, though the tool had an exit code', async () => {
    fixture.changes = { container: { image: 'an image', runtime: 'podman' } };
    const bin = path.join(fixture.top, 'bin');
    await mkdir(bin);
    const podman = `#!/bin/bash
[ "$1" = run ] || { echo true; exit 0; }
while [ "$1" != 'an image' ]; do shift; done; shift; exec "$@"\n`;
    await writeFile(path.join(bin, 'podman'), podman, { mode: 0o755 });
    const end = await fixture.run('sh -c "kill -KILL \\$\\$"', { PATH: `${bin}:${process.env.PATH}` });
    expect(end).toMatchObject({ status: 98, stderr: expect.stringContaining('of memory') });
  });

  it('fails with the reason where the program for images is missing', async () => {
    fixture.changes = { container: { image: 'an image', runtime: 'singularity' } };
    const end = await fixture.run('true');
    expect(end).toMatchObject({ status: 89, stderr: expect.stringContaining('does not have') });
  });

  it.each(['with blank', "o'brien", 'a"b', 'a$b', 'a&b;c', 'a[1]*?', 'a\\nb', 'ü'])(
    'runs in a directory named %j',
    async (name) => {
      await fixture.remove();
      fixture = await DirectoryJobFixture.make(name);
      fixture.shared = { mode: 'shared', asThisUser };
      await fixture.put('configs/c', `see ${at('inputs')}.`);
      const end = await fixture.run('cat ../configs/c > ../outputs/o');
      expect(end).toMatchObject({ status: 0, stderr: '' });
      await fixture.deliver(end.attemptId);
      expect(await fixture.read('outputs/o')).toBe(`see ${treeOf(end.attemptId)}/inputs.`);
    },
  );
});
