import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryJobFixture } from './directory-job-fixture.ts';
import { StagingServer } from './staging-server.ts';

describe('an attempt whose files travel by HTTP', () => {
  let fixture: DirectoryJobFixture;
  let server: StagingServer;
  const at = (file: string) => path.join(fixture.directory, file);
  const http = (patienceSeconds = 20) => ({ mode: 'http' as const, url: server.url, patienceSeconds });

  const run = async (tool: string) => {
    const task = await fixture.start(tool, http());
    return { ...task, ...(await task.ended) };
  };

  beforeEach(async () => {
    fixture = await DirectoryJobFixture.make();
    server = new StagingServer(fixture);
    await server.start();
  });
  afterEach(async () => {
    await server.stop();
    await fixture.remove();
  });

  it('fetches the inputs, works in its sandbox, and brings the outputs back', async () => {
    await fixture.put('inputs/in.txt', 'input\n');
    await fixture.put('outputs/old.txt', 'old\n');
    await fixture.put(
      'tool_script.sh',
      `cat ${at('inputs/in.txt')} > ${at('outputs/out.txt')}; exit 4`,
      0o755,
    );
    const end = await run(`${at('tool_script.sh')}`.replace(/^/, 'bash '));
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(at('outputs'))).toEqual(['old.txt']);
    expect(await fixture.deliver(end.attemptId)).toEqual({ exitCode: 4 });
    expect(await fixture.read('outputs/out.txt')).toBe('input\n');
    expect(await fixture.read('outputs/old.txt')).toBe('old\n');
    expect(await fixture.read('tool_script.sh')).toContain(`cat ${at('inputs/in.txt')}`);
    expect(await readdir(end.sandbox)).toEqual([]);
  });

  it('keeps names with anything in them, modes, links, and empty files and directories', async () => {
    const odd = [
      'a b',
      "it's",
      '"q"',
      '$HOME `id`',
      'two\nlines',
      'ü\u{1d11e}',
      '-rf',
      '*',
      '#1{a,b}[0-9]',
      '%41',
      'a?b&c=d',
    ];
    for (const name of odd) await fixture.put(`inputs/${name}`, name);
    await fixture.put('inputs/dataset_1_files/empty', '');
    await fixture.put('working/run', '#!/bin/sh\necho ran\n', 0o755);
    const end = await run(
      [
        'cp -r -- ../inputs/* ../outputs/; ./run > ran; mkdir -p ../outputs/dir/empty; : > zero; echo x > "back\\\\slash"',
        `printf x > $'not\\xffutf'; ln -s "$PWD/ran" ../outputs/to_ran; ln -s '${at('inputs/a b')}' ../outputs/to_input`,
        'ln -s /etc/hostname to_outside; ln -s /usr to_directory; touch ../inputs/made; ln -s ../inputs/made to_made',
      ].join('\n'),
    );
    expect(end).toMatchObject({ status: 0 });
    await fixture.deliver(end.attemptId);
    for (const name of odd) expect(await fixture.read(`outputs/${name}`)).toBe(name);
    expect(await fixture.read('outputs/dataset_1_files/empty')).toBe('');
    expect(await fixture.read('working/ran')).toBe('ran\n');
    expect(await fixture.read('working/back\\slash')).toBe('x\n');
    const names = await readdir(at('working'), { encoding: 'latin1' });
    expect(names).toContain('not\xffutf');
    expect((await stat(at('working/run'))).mode & 0o111).toBe(0o111);
    expect(await readdir(at('outputs/dir'))).toEqual(['empty']);
    expect(await readlink(at('outputs/to_ran'))).toBe(at('working/ran'));
    expect(await readlink(at('outputs/to_input'))).toBe(at('inputs/a b'));
    expect((await lstat(at('working/to_outside'))).isFile()).toBe(true);
    expect((await lstat(at('working/to_made'))).isFile()).toBe(true);
    expect(names).not.toContain('to_directory');
  });

  it('brings back the slice of an input that is not in the job directory where a link leads to it', async () => {
    const place = 'inputs/.outside-0/reads.fq';
    fixture.changes = {
      inputs: [{ name: place, path: '/galaxy/reads.fq', partName: place, size: 9, modifiedAt: 0 }],
    };
    await fixture.put(place, 'a slice\n');
    const end = await run('ln -s "$PWD/../inputs/.outside-0/reads.fq" ../outputs/same.fq');
    expect(end).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(end.attemptId);
    expect((await lstat(at('outputs/same.fq'))).isFile()).toBe(true);
    expect(await fixture.read('outputs/same.fq')).toBe('a slice\n');
  });
});
