import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { RunnerFixture } from '../runner-fixture.ts';

/**
 * Takes 200 MB, and holds them until somebody minds: were `sleep` the last command, it would take the place of the shell,
 * whose memory is free then, and a look at the right moment alone would tell.
 */
const greedy = `x=$(head -c 200000000 /dev/zero | tr '\\0' x); touch ../outputs/never; sleep 3600; true`;

it('fails a job whose tool used more memory than it may, and runs it with more where that is allowed', {
  timeout: 300_000,
}, async () => {
  await using fixture = new RunnerFixture();
  const { runner } = await fixture.start();
  const resources = { cpus: 0.1, mem: 100, disk: 0 };
  const job = await fixture.directoryJob('greedy', `( ${greedy} ); true`, { resources });
  await runner.submit(job);
  expect(await runner.ended(job.id)).toMatchObject({
    state: 'error',
    message: expect.stringContaining('memory'),
  });
  expect(await readdir(path.join(job.directory ?? '', 'outputs'))).toEqual([]);

  const tool = `if [ "$GALAXY_MEMORY_MB" -lt 400 ]; then ${greedy}; fi; echo "$GALAXY_MEMORY_MB" > ../outputs/mem`;
  const modest = await fixture.directoryJob('modest', tool, {
    resources,
    outOfMemory: { factor: 5, maximum: 500 },
  });
  await runner.submit(modest);
  expect(await runner.ended(modest.id)).toMatchObject({ state: 'ok', exitCode: 0 });
  expect(await fixture.read('staging', 'modest', 'outputs', 'mem')).toBe('500\n');
});
