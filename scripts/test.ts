// Runs the unit and integration tests; arguments go to vitest. Says what was left out for want of a real system.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realGalaxyAvailable } from '../test-fixtures/real-galaxy/real-galaxy.ts';
import { realMesosAvailable } from '../test-fixtures/real-mesos/real-mesos.ts';
import { realPulsarAvailable } from '../test-fixtures/real-pulsar/real-pulsar.ts';

/** What tests need beside this repository, and how to get it. */
const systems = [
  {
    name: 'Mesos',
    isAvailable: realMesosAvailable,
    advice: '`npm run setup:mesos` (under a minute, 120 MB)',
  },
  {
    name: 'Pulsar',
    isAvailable: realPulsarAvailable,
    advice: '`npm run setup:pulsar` (half a minute, 200 MB)',
  },
  {
    name: 'Galaxy',
    isAvailable: realGalaxyAvailable,
    advice: '`npm run setup:galaxy` (two minutes, 1.1 GB)',
  },
];

const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];
const child = spawn(process.execPath, vitest, { stdio: 'inherit' });
// Ctrl-C reaches vitest as well, which ends in its own time.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
const [status] = await once(child, 'close');

// With CI=true the tests themselves have failed where something is missing.
if (process.env.CI !== 'true') {
  for (const { name, isAvailable, advice } of systems)
    if (!isAvailable()) console.log(`Skipped: the tests on a real ${name}. ${advice} gets one.`);
}
process.exitCode = status ?? 1;
