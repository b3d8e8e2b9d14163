import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import {
  pulsarCheck,
  pulsarEnvironment,
  requireRealPulsar,
  startPulsar,
} from '../../../../test-fixtures/real-pulsar/real-pulsar.ts';
import { type RunningDaemon, startDaemon } from '../galaxy/running-daemon.ts';

/** The ways in which Pulsar's own check of servers can be run. */
const flags: readonly (readonly string[])[] = [
  [],
  ['--test_errors', '--suppress_output'],
  ['--cache'],
  ['--transport=urllib'],
  ['--transport=curl'],
  ['--transport=curl', '--cache', '--test_errors', '--suppress_output'],
  ['--explicit_tool_declarations'],
  ['--legacy_galaxy_json'],
];
const named = flags.map((each) => ({ each, name: each.join(' ') || 'no flags' }));

const resources = 'cpus:2;mem:2048;disk:4096';

describe.skipIf(!requireRealPulsar())("pulsar-check, Pulsar's own check of servers", () => {
  it('passes against pulsar-serve, so that what it finds elsewhere means something', async () => {
    await using pulsar = await startPulsar({ token: 'secret' });
    await pulsarCheck({ url: pulsar.url, token: 'secret', flags: ['--cache', '--test_errors'] });
  });

  describe('on this machine', () => {
    let daemon: RunningDaemon;
    beforeAll(async () => {
      daemon = await startDaemon();
    });
    afterAll(() => daemon[Symbol.asyncDispose]());

    it.each(named)('passes with $name', ({ each }) => check(daemon, each));

    it('passes for a manager that is named', async () => {
      await expect(
        pulsarCheck({ url: `${daemon.url}managers/_default_/`, ...secretOf(daemon) }),
      ).resolves.toBeTypeOf('string');
    });

    it('is refused with another token', async () => {
      await expect(pulsarCheck({ url: daemon.url, token: 'another' })).rejects.toThrow(/401|Unauthorized/);
    });
  });

  it('passes without a token', async () => {
    await using daemon = await startDaemon([], undefined);
    await check(daemon, ['--cache', '--test_errors', '--suppress_output']);
  });

  describe.skipIf(!requireRealMesos()).each([{ staging: 'shared' }, { staging: 'http' }])(
    'on Mesos, with the staging mode $staging',
    ({ staging }) => {
      let mesos: RealMesos;
      let daemon: RunningDaemon;
      beforeAll(async () => {
        // The check's job calls `python`.
        const variables = JSON.stringify({ PATH: pulsarEnvironment().PATH });
        mesos = await startMesos({
          agents: [{ resources }],
          agentFlags: { executor_environment_variables: variables },
        });
        daemon = await startDaemon(['--mesos', mesos.url, '--staging', staging]);
      });
      afterAll(async () => {
        await daemon?.[Symbol.asyncDispose]();
        await mesos?.stop();
      });

      it.each(named)('passes with $name', ({ each }) => check(daemon, each));
    },
  );
});

const secretOf = ({ token }: RunningDaemon) => (token === undefined ? {} : { token });

async function check(daemon: RunningDaemon, each: readonly string[]): Promise<void> {
  await pulsarCheck({ url: daemon.url, ...secretOf(daemon), flags: each });
}
