import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, eventsIn, galaxyMesos } from './command.ts';

let cwd: string;
beforeEach(() => {
  cwd = directoryForTest();
});

describe('galaxy-mesos doctor', () => {
  it('finds all well on this machine', async () => {
    const { code, stdout, stderr } = await galaxyMesos(['doctor'], { cwd });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ok {2}node +v\d+/);
    expect(stdout).toMatch(/^ok {2}programs +all that tasks need are there$/m);
    expect(stdout).toMatch(/^- {3}MESOS_URL +not set: work runs on this machine$/m);
    expect(stdout).toContain(`${cwd}: `);
    expect(code).toBe(/^BAD/m.test(stdout) ? 1 : 0);
  });

  it('prints one JSON object a finding with --json', async () => {
    const { stdout } = await galaxyMesos(['doctor', '--json'], { cwd });
    const findings = eventsIn(stdout);
    expect(findings.map(({ subject }) => subject)).toEqual([
      ...['node', 'this machine', 'programs', 'work directory', 'MESOS_URL'],
    ]);
    for (const finding of findings)
      expect(finding).toMatchObject({
        state: expect.stringMatching(/^(ok|note|problem)$/),
        text: expect.any(String),
      });
  });

  it.each([
    ['no', 'is not there'],
    ['file', 'is no directory'],
  ])('tells that the work directory %s %s', async (workDirectory, text) => {
    writeFileSync(path.join(cwd, 'file'), '');
    const { code, stdout } = await galaxyMesos(['doctor', '--work-dir', workDirectory], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain(`BAD work directory  ${path.join(cwd, workDirectory)} ${text}\n`);
  });

  it('tells of programs that are missing', async () => {
    const { code, stdout } = await galaxyMesos(['doctor'], { cwd, environment: { PATH: cwd } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^BAD programs +missing: sh, cat, /m);
  });

  it('asks every master that MESOS_URL names, and says what each answered', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const environment = { MESOS_URL: `127.0.0.1:${first},127.0.0.1:${second}` };
    const { code, stdout } = await galaxyMesos(['doctor'], { cwd, environment });
    expect(code).toBe(1);
    const master = /^BAD master +(.*)\n +-> check MESOS_URL/m.exec(stdout)?.[1];
    expect(master).toMatch(new RegExp(`127.0.0.1:${first}.*refused; .*127.0.0.1:${second}.*refused`));
  });
});
