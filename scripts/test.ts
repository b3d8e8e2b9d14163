// Runs the unit and integration tests; arguments go to vitest. Says what was left out for want of a real system.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realMesosAvailable } from '../test-fixtures/real-mesos/real-mesos.ts';

const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];
const child = spawn(process.execPath, vitest, { stdio: 'inherit' });
// Ctrl-C reaches vitest as well, which ends in its own time.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
const [status] = await once(child, 'close');

// With CI=true the tests themselves have failed where Mesos is missing.
if (!realMesosAvailable() && process.env.CI !== 'true') {
  console.log('Skipped: the tests on a real Mesos. `npm run setup:mesos` gets one (under a minute, 120 MB).');
}
process.exitCode = status ?? 1;
