import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { pulsarEnvironment, requireRealPulsar } from '../../../../test-fixtures/real-pulsar/real-pulsar.ts';
import type { EnvironmentEntry } from '../../src/index.ts';
import { environmentStatement } from '../../src/script/environment-entry.ts';
import { JobDirectories, runJobScript } from './run-script.ts';

const directories = new JobDirectories();
afterAll(() => directories[Symbol.dispose]());

/** Runs a program of Python with Pulsar's packages: JSON in, JSON out. */
const python = (program: string, input: unknown): unknown =>
  JSON.parse(
    execFileSync('python', ['-c', `import json, sys\ngiven = json.load(sys.stdin)\n${program}`], {
      env: pulsarEnvironment(),
      input: JSON.stringify(input),
      encoding: 'utf8',
    }),
  );

const statementProgram = `
from pulsar.managers.util.env import env_to_statement
json.dump([env_to_statement(entry) for entry in given], sys.stdout)`;

/** What a job sees that Pulsar starts: its script, run as the manager of Pulsar does. */
const jobProgram = `
import os, subprocess
from pulsar.managers.base.directory import CREATE_TMP_PATTERN, PREPARE_DIRS_TEMPLATE
from pulsar.managers.util.env import env_to_statement
from pulsar.managers.util.job_script import job_script
job = given["directory"]
places = {name: os.path.join(job, name) for name in ("working", "outputs", "configs", "metadata", "home")}
for place in places.values():
    os.makedirs(place, exist_ok=True)
script = os.path.join(job, "command.sh")
with open(script, "w") as file:
    file.write(job_script(
        working_directory=places["working"], metadata_directory=places["metadata"], home_directory=places["home"],
        env_setup_commands=map(env_to_statement, given["environment"]), command=given["command"],
        preserve_python_environment=False, tmp_dir_creation_statement=CREATE_TMP_PATTERN.format(job),
        prepare_dirs_statement=PREPARE_DIRS_TEMPLATE.format(
            working_directory=places["working"], outputs_directory=places["outputs"],
            configs_directory=places["configs"])))
code = subprocess.call(["/bin/bash", script], cwd=places["working"], env=given["variables"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
with open(os.path.join(job, "seen"), "rb") as file:
    seen = file.read().decode("utf-8")
json.dump({"code": code, "seen": seen}, sys.stdout)`;

describe.skipIf(!requireRealPulsar())('beside the real Pulsar', () => {
  it('every entry of an environment is the same line of shell', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('', '$A', '`b`', '"', "'", '\\"', 'a b', 'x\ny'));
    const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
    const entry: fc.Arbitrary<EnvironmentEntry> = fc.oneof(
      fc.record({
        name: fc.constantFrom('A', 'PATH', '_x1'),
        value: fc.oneof(text, fc.integer(), fc.boolean()),
        raw: fc.oneof(fc.boolean(), fc.constantFrom('', 'true')),
        file: maybe(fc.constantFrom('', '/etc/x y', "'$F'")),
        execute: maybe(text),
      }),
      fc.record({ file: fc.constantFrom('/etc/x y', "'$F'"), raw: fc.boolean() }),
      fc.record({ execute: fc.constantFrom('module load x', 'true; false') }),
    );
    const entries = fc.sample(entry, 500);
    expect(entries.map(environmentStatement)).toEqual(python(statementProgram, entries));
  });

  it('a command sees the same variables, directories and exit codes', async () => {
    const environment: EnvironmentEntry[] = [
      { name: 'A', value: '$HOME `echo x` "q" \\ $GALAXY_SLOTS' },
      { name: 'B', value: '`echo "$A" | tr x y`', raw: true },
      { execute: 'export C=1; cd /' },
      { name: 'HOME', value: '"$_GALAXY_JOB_HOME_DIR"', raw: true },
      { name: 'TMPDIR', value: '"$_GALAXY_JOB_TMP_DIR"', raw: true },
      { name: 'GALAXY_MEMORY_MB', value: '100' },
    ];
    const names = 'A B C HOME TMPDIR LC_CTYPE PYTHONWARNINGS GALAXY_SLOTS GALAXY_SLOTS_CONFIGURED';
    const more = 'GALAXY_MEMORY_MB GALAXY_MEMORY_MB_PER_SLOT _GALAXY_JOB_TMP_DIR _GALAXY_JOB_HOME_DIR PWD';
    const command = `(for name in ${names} ${more}; do printenv "$name" || echo "no $name"; done
      for each in "$GALAXY_LIB" "$GALAXY_VIRTUAL_ENV" "$_GALAXY_JOB_DIR" "$TMP" "$TEMP"; do echo "$each"; done
      ls -d "$TMPDIR" "$HOME" ../configs ../outputs) > ../seen; exit 5`;
    const [theirs, ours] = [directories.make('job'), directories.make('job')];
    const variables = { PATH: process.env.PATH ?? '', HOME: '/', LC_CTYPE: 'C.UTF-8' };
    const given = {
      directory: theirs,
      command,
      environment,
      variables: { ...variables, GALAXY_SLOTS: '4', GALAXY_MEMORY_MB: '8192' },
    };
    const ended = await runJobScript(
      { directory: ours, command, environment },
      { ...variables, GALAXY_MESOS_CPUS: '4', GALAXY_MESOS_MEM: '8192' },
    );
    const seen = ended.file('seen')?.replaceAll(ours, theirs);
    expect({ code: ended.status, seen }).toEqual(python(jobProgram, given));
  });
});
