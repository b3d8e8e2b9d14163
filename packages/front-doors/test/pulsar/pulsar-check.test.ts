import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  pulsarCheck,
  pulsarEnvironment,
  requireRealPulsar,
} from '../../../../test-fixtures/real-pulsar/real-pulsar.ts';
import { eventually } from '../../test-helpers/eventually.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';
import { ScriptJobService } from '../../test-helpers/script-job-service.ts';

const token = 'a-token-of-the-test';
const tokens = [{ name: 'galaxy', token, isAdmin: false }];

describe.skipIf(!requireRealPulsar())("Pulsar's own check of servers", () => {
  test.each([
    ['with everything as Galaxy has it', '', []],
    ['with a token', token, []],
    ['by libcurl', token, ['--transport=curl']],
    ['with the cache', token, ['--cache']],
    ['with the cache by libcurl', '', ['--cache', '--transport=curl']],
    ['with a client that tries what fails', token, ['--test_errors']],
    ['with a client that tries what fails, by libcurl', token, ['--test_errors', '--transport=curl']],
    [
      'with old and new ways to tell of outputs',
      '',
      ['--legacy_galaxy_json', '--explicit_tool_declarations'],
    ],
  ])('is content %s', async (_how, secret, flags) => {
    const jobs = new ScriptJobService(pulsarEnvironment());
    await using server = await PulsarServer.start({ jobs, tokens: secret === '' ? [] : tokens });
    const url = await server.listen();
    await pulsarCheck({ url, flags, ...(secret === '' ? {} : { token: secret }) });
    const [owner = ''] = (await readdir(server.staging)).filter((name) => !name.startsWith('.'));
    await eventually(() => readdir(join(server.staging, owner, '_default_'))).toEqual([]);
    expect(await server.records.load()).toEqual([]);
  });

  test('is content with a manager that has a name', async () => {
    const jobs = new ScriptJobService(pulsarEnvironment());
    await using server = await PulsarServer.start({ jobs, managers: ['big'] });
    await pulsarCheck({ url: `${await server.listen()}managers/big/`, flags: ['--job_id=0'] });
    expect(await readdir(join(server.staging, 'default'))).toEqual(['big']);
  });
});
