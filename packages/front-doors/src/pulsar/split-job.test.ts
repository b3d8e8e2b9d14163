import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourceRulesSchema, type TaskView } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, test, vi } from 'vitest';
import { patientTest } from '../../test-helpers/eventually.ts';
import { FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../test-helpers/pulsar-client.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';

vi.setConfig(patientTest);

const id = 'default._default_.7';

const clientOutputs = {
  working_directory: '/galaxy/7/working',
  work_dir_outputs: [['/galaxy/7/working/found.txt', '/galaxy/files/dataset_9.dat']],
  output_files: ['/galaxy/files/dataset_8.dat', '/galaxy/files/dataset_9.dat'],
};

interface Other {
  readonly command_line?: string;
  readonly sharedDirectories?: readonly string[];
}

async function submitted(
  parameters: Record<string, unknown>,
  rules = {},
  { command_line = 'true', sharedDirectories = [] }: Other = {},
) {
  const jobs = new FakeJobService();
  const server = await PulsarServer.start({
    jobs,
    rules: () => resourceRulesSchema.parse(rules),
    sharedDirectories,
  });
  const galaxy = new PulsarClient(server);
  await galaxy.setup();
  await galaxy.upload('input', 'dataset_1.dat', '>a\nACGT\n');
  await galaxy.upload('input', 'nested/dataset_2.dat', 'x');
  const staging = { client_outputs: clientOutputs };
  await galaxy.submit({
    command_line,
    params: JSON.stringify(parameters),
    remote_staging: JSON.stringify(staging),
  });
  const directory = join(server.staging, 'default', '_default_', '7');
  return {
    jobs,
    galaxy,
    directory,
    job: jobs.described(id),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const failed = { id: `${id}-0`, jobId: id, name: 'part 1', attempts: [] };
const task = (state: TaskView['state']): TaskView => ({ ...failed, state });

describe('a job of a destination with a strategy', () => {
  test('is handed on with how it is cut, what there is to cut, and what Galaxy will ask for', async () => {
    await using door = await submitted({
      strategy: 'records',
      strategy_parts: '20',
      strategy_inputs: 'fasta, *.fa',
      merge: '{"*.png": "first"}',
    });
    const { directory } = door;
    const output = (file: string) => ({
      name: file,
      file,
      whenMissing: 'empty',
      destination: join(directory, file),
    });
    expect(door.job?.split).toEqual({
      alternatives: [{ by: [{ strategy: 'records', inputs: ['fasta', '*.fa'], parameters: { parts: 20 } }] }],
    });
    expect(door.job?.inputs).toMatchObject([
      { path: join(directory, 'inputs/dataset_1.dat'), partName: 'inputs/dataset_1.dat', size: 8 },
      {
        path: join(directory, 'inputs/nested/dataset_2.dat'),
        partName: 'inputs/nested/dataset_2.dat',
        size: 1,
      },
    ]);
    expect(door.job?.outputs).toEqual([
      { ...output('*.png'), merges: [{ merge: 'first' }] },
      output('working/found.txt'),
      output('outputs/dataset_8.dat'),
      output('outputs/dataset_9.dat'),
    ]);
  });

  test('goes by the rules for its tool where the destination says nothing', async () => {
    await using door = await submitted(
      {},
      { tools: [{ tool: 'cat*', defaults: { strategy: 'blocks', strategy_parts: 3 } }] },
    );
    expect(door.job?.split?.alternatives).toEqual([
      { by: [{ strategy: 'blocks', inputs: [], parameters: { parts: 3 } }] },
    ]);
  });

  test('may cut files where Galaxy has them, as far as these directories are shared', async () => {
    const galaxy = await mkdtemp(join(tmpdir(), 'galaxy-files-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(galaxy, { recursive: true }) };
    await writeFile(join(galaxy, 'dataset_5.dat'), 'x');
    await writeFile(join(galaxy, 'a reference.fa'), 'xy');
    await symlink(join(galaxy, 'dataset_5.dat'), join(galaxy, 'linked.dat'));
    await symlink('/etc/passwd', join(galaxy, 'users.dat'));
    const command_line = `bwa ${galaxy}/users.dat ${galaxy}/linked.dat '${galaxy}/a reference.fa' ${galaxy}/dataset_5.dat ${galaxy}/missing ${galaxy}/../etc /etc/passwd`;
    await using door = await submitted(
      { strategy: 'records' },
      {},
      { command_line, sharedDirectories: [galaxy] },
    );
    expect(door.job?.inputs.slice(2).map(({ path, partName, size }) => [path, partName, size])).toEqual([
      [join(galaxy, 'linked.dat'), 'inputs/.outside-0/linked.dat', 1],
      [join(galaxy, 'a reference.fa'), 'inputs/.outside-1/a reference.fa', 2],
      [join(galaxy, 'dataset_5.dat'), 'inputs/.outside-2/dataset_5.dat', 1],
    ]);
  });

  test('names files for its strategy in these directories, or gets those of the rules for its tool', async () => {
    const galaxy = await mkdtemp(join(tmpdir(), 'galaxy-files-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(galaxy, { recursive: true }) };
    const targets = join(galaxy, 'exome.bed');
    await writeFile(targets, 'chr1\t0\t9\n');
    await using door = await submitted(
      { strategy: 'regions', strategy_parameters: { targets } },
      {},
      { sharedDirectories: [galaxy] },
    );
    expect(door.job?.split).toMatchObject({ alternatives: [{ by: [{ parameters: { targets } }] }] });
    const defaults = { strategy: 'regions', strategy_parameters: { targets: '/etc/passwd' } };
    await using ruled = await submitted({}, { tools: [{ tool: 'cat*', defaults }] });
    expect(ruled.job?.split).toBeDefined();
  });

  test.each([
    ['a strategy', { strategy: 'regions', strategy_parameters: { targets: '/etc/passwd' } }],
    [
      'a plan',
      { strategy: [{ input: 'bam', strategy: 'regions', parameters: { indexes: ['/etc/passwd'] } }] },
    ],
    [
      'a merge',
      { strategy: 'records', merge: { cram: { merge: 'cram', parameters: { reference: '/etc/passwd' } } } },
    ],
  ])('fails where the parameters of %s name a file that is not shared', async (_, parameters) => {
    await using door = await submitted(parameters, {}, { sharedDirectories: [tmpdir()] });
    const status = await door.galaxy.status();
    expect(status).toMatchObject({ status: 'failed' });
    expect(status.stderr).toContain('the parameters name "/etc/passwd", which is not in a directory');
  });

  test('fails where the tool writes an output itself to where Galaxy has it: all parts would', async () => {
    await using door = await submitted(
      { strategy: 'records' },
      {},
      { command_line: 'x > /galaxy/files/dataset_8.dat' },
    );
    const { status, stderr } = await door.galaxy.status();
    expect({ status, stderr }).toEqual({
      status: 'failed',
      stderr: expect.stringContaining('the tool writes "/galaxy/files/dataset_8.dat" itself'),
    });
  });

  test('fails where each part would collect the metadata of its own outputs', async () => {
    await using door = await submitted(
      { strategy: 'records' },
      {},
      { command_line: 'true; python "metadata/set.py"' },
    );
    expect(await door.galaxy.status()).toMatchObject({
      status: 'failed',
      stderr: expect.stringContaining('take remote_metadata out'),
    });
  });

  test('fails where that cannot be read, and says which line is wrong', async () => {
    await using door = await submitted({ strategy: 'records', strategy_parts: 'many' });
    const status = await door.galaxy.status();
    expect(status).toMatchObject({ status: 'failed' });
    expect(status.stderr).toContain('submit_strategy_parts: "many" cannot be used; expected how many parts');
  });

  test.each([
    ['could not be cut', [], 'complete', 70],
    ['has outputs that could not be joined', [task('finished')], 'complete', 70],
    ['has a part that was never run to its end', [task('finished'), task('failed')], 'failed', null],
  ] as const)('which %s is %3$s for Galaxy', async (_, tasks, state, returnCode) => {
    await using door = await submitted({ strategy: 'records', strategy_parts: 2 });
    door.jobs.setTasks(id, [...tasks]);
    door.jobs.change(id, 'error', { message: 'strategy records: that is why' });
    const status = await door.galaxy.status();
    expect(status).toMatchObject({ status: state, returncode: returnCode });
    expect(status.stderr).toContain('that is why');
  });
});
