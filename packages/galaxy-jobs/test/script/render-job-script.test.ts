import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, test, vi } from 'vitest';
import { type EnvironmentEntry, jobDirectoryLayout } from '../../src/index.ts';
import { JobDirectories, runJobScript, startJobScript } from './run-script.ts';

const directories = new JobDirectories();
afterAll(() => directories[Symbol.dispose]());

const resources = { GALAXY_MESOS_CPUS: '4', GALAXY_MESOS_MEM: '8192' };
const run = (command: string, environment: Record<string, string> = resources) =>
  runJobScript({ directory: directories.make(), command }, environment);

/** What a variable is in the command, `undefined` if it is not in its environment. */
const variable = async (
  name: string,
  entries: readonly EnvironmentEntry[],
  environment: Record<string, string> = resources,
): Promise<string | undefined> => {
  const command = `printenv ${name} > ../value || rm ../value`;
  const ended = await runJobScript(
    { directory: directories.make(), command, environment: entries },
    environment,
  );
  return ended.file('value')?.slice(0, -1);
};

describe('the exit code', () => {
  it.each([
    ['true', 0],
    ['exit 3', 3],
    ['false', 1],
    ['sh -c "exit 255"', 255],
    ['kill -KILL $BASHPID', 137],
    ['sh -c \'kill -SEGV $$\'; code=$?; sh -c "exit $code"', 139],
    ['sh -c \'kill -INT $$\'; code=$?; sh -c "exit $code"', 130],
    ['no-such-program-at-all', 127],
    ['echo "never closed', 1],
    ['if true', 2],
    ['set -e; false; true', 1],
    ['exec sh -c "exit 9"', 9],
    ['cat <<X; exit 4\nnever ended', 4],
    ['GALAXY_MESOS_END() { return 6; }\nGALAXY_MESOS_END\n', 6],
  ])('of %j is told and written down', async (command, expected) => {
    const ended = await run(command);
    // Bash tells of what it cannot read by 1 or 2, depending on its version.
    const codes = expected === 1 || expected === 2 ? [1, 2] : [expected];
    expect(codes).toContain(ended.status);
    expect(ended.file(jobDirectoryLayout.returnCode)).toBe(`${ended.status}\n`);
  });

  it('of a command of a megabyte is told, too', async () => {
    const ended = await run(`: '${'x'.repeat(1_000_000)}'; exit 3`);
    expect(ended.status).toBe(3);
  });

  it('is written also when an entry of the environment ends the script', async () => {
    const directory = directories.make();
    const environment = [{ execute: 'exit 12' }];
    const ended = await runJobScript({ directory, command: 'touch ../ran', environment });
    expect(ended.status).toBe(12);
    expect(ended.file('return_code')).toBe('12\n');
    expect(ended.file('ran')).toBeUndefined();
  });

  it('is 42, and nothing happens, where only the script itself is tried', async () => {
    const directory = directories.make();
    const ended = await runJobScript(
      { directory, command: 'touch ../ran' },
      { ABC_TEST_JOB_SCRIPT_INTEGRITY_XYZ: '1' },
    );
    expect(ended.status).toBe(42);
    expect(existsSync(path.join(directory, 'working'))).toBe(false);
  });

  it('is 1, without a return_code, where the directory cannot be used', async () => {
    const parent = directories.make();
    writeFileSync(path.join(parent, 'file'), '');
    const ended = await runJobScript({ directory: path.join(parent, 'file', 'job'), command: 'true' });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain(path.join(parent, 'file'));
    expect(ended.file('return_code')).toBeUndefined();
  });
});

describe('the surroundings of the command', () => {
  it('are those that Galaxy makes its command lines for', async () => {
    const command = [
      "echo 'to the tool' > '../metadata/tool_stdout' 2> '../metadata/tool_stderr'",
      'echo "$PWD" > ../pwd; echo "$_GALAXY_JOB_DIR" > ../job-dir',
      'for each in "$_GALAXY_JOB_TMP_DIR" "$_GALAXY_JOB_HOME_DIR" "$TMP" "$TEMP" "$TMPDIR" "$HOME"; do',
      '  touch "$each/can-write" && echo "$each" >> ../directories',
      'done',
      'cat > ../stdin; echo out; echo err >&2',
    ].join('\n');
    const directory = directories.make();
    const ended = await runJobScript({ directory, command });
    expect(ended.status).toBe(0);
    expect(ended.file('pwd')).toBe(`${directory}/working\n`);
    expect(ended.file('job-dir')).toBe(`${directory}/working\n`);
    const [tmp, home] = [`${directory}/tmp`, `${directory}/home`];
    expect(ended.file('directories')?.split('\n').slice(0, -1)).toEqual([tmp, home, tmp, tmp, tmp, home]);
    expect(ended.file('stdin')).toBe('');
    expect(ended.file(jobDirectoryLayout.toolStdout)).toBe('to the tool\n');
    expect(ended.file(jobDirectoryLayout.jobStdout)).toBe('out\n');
    expect(ended.file(jobDirectoryLayout.jobStderr)).toBe('err\n');
    expect([ended.stdout, ended.stderr]).toEqual(['', '']);
  });

  it('keep a home and directories for temporary files that are there', async () => {
    const home = directories.make('home');
    expect(await variable('HOME', [], { HOME: home })).toBe(home);
    expect(await variable('TEMP', [], { TMPDIR: home })).toBe(home);
    expect(await variable('TMPDIR', [{ name: 'TMP', value: '/somewhere' }])).toBe('/somewhere');
  });

  it('do not keep a home and a directory for temporary files that are not there', async () => {
    const nowhere = '/no/such/directory';
    expect(await variable('HOME', [], { HOME: nowhere })).toMatch(/\/job\/home$/);
    expect(await variable('TMPDIR', [], { TMPDIR: nowhere, TMP: nowhere })).toMatch(/\/job\/tmp$/);
  });

  it('have job metrics in the files that Galaxy reads', async () => {
    const ended = await run('true');
    expect(ended.file('metadata/__instrument_core_galaxy_slots')).toBe('4\n');
    expect(ended.file('metadata/__instrument_core_galaxy_memory_mb')).toBe('8192\n');
    const [start, end] = ['start', 'end'].map((name) =>
      ended.file(`metadata/__instrument_core_epoch_${name}`),
    );
    expect(start).toMatch(/^\d{10}\n$/);
    expect(Number(end)).toBeGreaterThanOrEqual(Number(start));
  });

  it('have MESOS_URL if the attempt has it, and nothing that opens doors', async () => {
    const secrets = { GALAXY_MESOS_SECRET: 's', MESOS_EXECUTOR_AUTHENTICATION_TOKEN: 't' };
    expect(await variable('MESOS_URL', [], { MESOS_URL: 'http://m:5050', ...secrets })).toBe('http://m:5050');
    expect(await variable('MESOS_URL', [])).toBeUndefined();
    const ended = await run('env', { ...resources, ...secrets });
    expect(ended.file(jobDirectoryLayout.jobStdout)).not.toMatch(/GALAXY_MESOS|AUTHENTICATION/);
  });

  it('can be set up again for the collecting of metadata, with a Galaxy that is named', async () => {
    const home = directories.make("galaxy's home");
    const command =
      '_galaxy_setup_environment True; printenv PYTHONPATH _GALAXY_JOB_TMP_DIR; touch "$TMPDIR/x"';
    const directory = directories.make();
    const ended = await runJobScript({ directory, command, galaxy: { home } }, { PYTHONPATH: '/own' });
    expect(ended.file('metadata/job_stdout')).toBe(`${home}/lib:/own\n${directory}/tmp\n`);
    expect(ended.status).toBe(0);
  });
});

describe('cores and memory', () => {
  it.each([
    ['4', '8192', '4 8192 2048 1'],
    ['2.5', '1001.7', '2 1001 500 1'],
    ['0.1', '0.5', '1 - - 1'],
    ['8', '4', '8 4 - 1'],
    ['many', 'much', '1 - - 1'],
  ])('of %s and %s MiB are told as whole numbers', async (cpus, mem, expected) => {
    const names = [
      'GALAXY_SLOTS',
      'GALAXY_MEMORY_MB',
      'GALAXY_MEMORY_MB_PER_SLOT',
      'GALAXY_SLOTS_CONFIGURED',
    ];
    const command = `for name in ${names.join(' ')}; do printenv $name || echo -; done`;
    const ended = await run(command, { GALAXY_MESOS_CPUS: cpus, GALAXY_MESOS_MEM: mem });
    expect(ended.file('metadata/job_stdout')?.trim().split('\n').join(' ')).toBe(expected);
  });

  it('are one core, unconfigured, and an unknown amount where nobody says', async () => {
    expect(await variable('GALAXY_SLOTS', [], {})).toBe('1');
    expect(await variable('GALAXY_SLOTS_CONFIGURED', [], {})).toBeUndefined();
    expect(await variable('GALAXY_MEMORY_MB', [], {})).toBeUndefined();
  });

  it('that an entry of the environment sets are the ones that hold', async () => {
    expect(await variable('GALAXY_MEMORY_MB_PER_SLOT', [{ name: 'GALAXY_MEMORY_MB', value: '400' }])).toBe(
      '100',
    );
    expect(await variable('GALAXY_MEMORY_MB', [{ name: 'GALAXY_MEMORY_MB_PER_SLOT', value: '10' }])).toBe(
      '40',
    );
    expect(await variable('GALAXY_MEMORY_MB_PER_SLOT', [{ name: 'GALAXY_SLOTS', value: '2' }])).toBe('4096');
    expect(await variable('GALAXY_MEMORY_MB', [{ name: 'GALAXY_MEMORY_MB', value: '-1' }])).toBeUndefined();
  });
});

describe('entries of the environment', () => {
  it('are evaluated by bash in their order, and see cores and memory', async () => {
    const entries = [
      { name: 'A', value: '1' },
      { name: 'B', value: '$A-`echo 2`-"q"' },
      { name: 'C', value: '`printf %s "$B" | tr 1 3`', raw: true },
      { name: 'D', value: '-Xmx$GALAXY_MEMORY_MB on $GALAXY_SLOTS' },
    ];
    expect(await variable('B', entries)).toBe('1-2-"q"');
    expect(await variable('C', entries)).toBe('3-2-"q"');
    expect(await variable('D', entries)).toBe('-Xmx8192 on 4');
  });

  it('are files to source and commands to run, too', async () => {
    const file = path.join(directories.make('an "odd" dir'), 'settings');
    writeFileSync(file, 'export FROM_FILE=yes');
    expect(await variable('FROM_FILE', [{ file }])).toBe('yes');
    expect(await variable('FROM_COMMAND', [{ execute: 'export FROM_COMMAND=yes; cd /' }])).toBe('yes');
  });

  it('that bash cannot read spoil nothing but themselves', async () => {
    const entries = [
      { name: 'X', value: '$(unclosed', raw: true },
      { execute: 'fi "' },
      { name: 'A', value: '1' },
    ];
    expect(await variable('A', entries)).toBe('1');
  });

  it('read what Galaxy has put into the directory of configs', async () => {
    const directory = directories.make('galaxy 7');
    const environment = [{ name: 'V', value: `\`cat "${directory}/configs/tool_env_x"\``, raw: true }];
    const prepare = { execute: `echo 'from the tool' > "${directory}/configs/tool_env_x"` };
    const command = 'printenv V';
    const ended = await runJobScript({ directory, command, environment: [prepare, ...environment] });
    expect(ended.file('metadata/job_stdout')).toBe('from the tool\n');
  });

  test('a default of any text holds as it is until an entry says otherwise', async () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const directory = directories.make();
        const ended = await runJobScript({
          directory,
          command: 'printf %s "$WANTED" > ../value; printf %s "$CHANGED" >> ../value',
          defaultEnvironment: { WANTED: value, CHANGED: value },
          environment: [{ name: 'CHANGED', value: '.' }],
        });
        expect(ended.file('value')).toBe(`${value}.`);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the directory', () => {
  it.each([
    "it's",
    'two  words',
    'a "quote"',
    '$HOME',
    '`id`',
    '-dash',
    'back\\slash',
    'new\nline',
    'ümläut',
    '*',
  ])('may be named %j', async (name) => {
    const directory = directories.make(name);
    const ended = await runJobScript({ directory, command: 'pwd; exit 5' });
    expect(ended.status).toBe(5);
    expect(ended.file('metadata/job_stdout')).toBe(`${directory}/working\n`);
    expect(ended.file('return_code')).toBe('5\n');
  });

  it('can be put in place of another one by a replacement of text', async () => {
    const [asked, used] = [directories.make("galaxy's"), directories.make('an "attempt"')];
    const value = `${asked}/x; `;
    const settings = {
      directory: asked,
      command: `pwd > ../here; printenv SET GIVEN > ../named; cat >> ../named <<'E'\n${asked}\nE`,
      defaultEnvironment: { GIVEN: value },
      environment: [{ execute: `SET=$(cat <<'E'\n${asked}/y\nE\n); export SET` }],
    };
    const ended = await runJobScript(settings, {}, (script) => script.replaceAll(asked, used));
    expect(ended.status).toBe(0);
    expect(readFileSync(path.join(used, 'named'), 'utf8')).toBe(`${used}/y\n${used}/x; \n${used}\n`);
    expect(existsSync(path.join(asked, 'working'))).toBe(false);
    expect(existsSync(path.join(used, 'here'))).toBe(true);
  });
});

describe('SIGTERM', () => {
  const started = (directory: string) =>
    vi.waitFor(() => expect(existsSync(path.join(directory, 'started'))).toBe(true), {
      timeout: 60_000,
      interval: 20,
    });

  it('for the script alone reaches programs that programs of the command have started', async () => {
    const directory = directories.make();
    const tool = path.join(directory, 'a (tool) x');
    writeFileSync(
      tool,
      `#!/bin/bash\ntrap 'sleep 0.5; touch "${directory}/ended-in-order"; exit 0' TERM
touch "${directory}/started"\nwhile :; do sleep 0.05; done\n`,
    );
    chmodSync(tool, 0o755);
    // The shell in between dies of the signal at once; the script waits for the tool all the same.
    const script = startJobScript({ directory, command: `/bin/sh -c "'${tool}'; true"; touch ../went-on` });
    await started(directory);
    script.kill('SIGTERM');
    const ended = await script.ended;
    expect(ended.status).toBe(143);
    expect(ended.file('return_code')).toBe('143\n');
    expect(ended.file('ended-in-order')).toBe('');
    expect(ended.file('went-on')).toBeUndefined();
    expect(ended.file('metadata/__instrument_core_epoch_end')).toMatch(/^\d+\n$/);
  });

  it('makes a trap of the command line itself run', async () => {
    const directory = directories.make();
    // What says that it has started is what the shell waits for: no shell hears a signal in the moment before it starts it.
    const program = "/bin/sh -c 'touch ../started; exec sleep 600'";
    const command = `trap 'touch ../container-removed' 0; ${program}; touch ../went-on`;
    const script = startJobScript({ directory, command });
    await started(directory);
    script.kill('SIGTERM');
    const ended = await script.ended;
    expect(ended.status).toBe(143);
    expect(ended.file('container-removed')).toBe('');
    expect(ended.file('went-on')).toBeUndefined();
  });
});
