// Runs the unit and integration tests; arguments go to vitest. Says what was left out for want of a real system.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { realGalaxyAvailable } from '../test-fixtures/real-galaxy/real-galaxy.ts';
import { realMesosAvailable } from '../test-fixtures/real-mesos/real-mesos.ts';
import { realPulsarAvailable } from '../test-fixtures/real-pulsar/real-pulsar.ts';
import { realSgeAvailable } from '../test-fixtures/real-sge/availability.ts';
import { realSlurmAvailable } from '../test-fixtures/real-slurm/availability.ts';
import { failuresVariable } from './failure-reporter.ts';

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
  {
    name: 'Slurm',
    isAvailable: realSlurmAvailable,
    advice: '`npm run setup:slurm` (ten seconds, as root on Debian)',
  },
  {
    name: 'Grid Engine',
    isAvailable: realSgeAvailable,
    advice: '`npm run setup:sge` (ten seconds, as root on Debian)',
  },
];

const chosen = process.argv.slice(2);
const running = new Set<ChildProcess>();
// Ctrl-C reaches vitest as well, which ends in its own time.
let isEnding = false;
process.on('SIGINT', () => {
  isEnding = true;
});
process.on('SIGTERM', () => {
  isEnding = true;
  for (const child of running) child.kill('SIGTERM');
});

const statuses = chosen.length > 0 ? [await vitest(chosen, 'inherit')] : await everything();

// With CI=true the tests themselves have failed where something is missing.
if (process.env.CI !== 'true') {
  for (const { name, isAvailable, advice } of systems)
    if (!isAvailable()) console.log(`Skipped: the tests on a real ${name}. ${advice} gets one.`);
}
process.exitCode = statuses.find((status) => status !== 0) ?? 0;

/**
 * Two at a time: what waits for queues and for Galaxy runs beside what uses the processor, and tells of it at the end.
 * The failures of all come last, where whoever reads the end of a long log finds them.
 */
async function everything(): Promise<number[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-tests-'));
  const log = path.join(directory, 'beside');
  const failures = path.join(directory, 'failures');
  process.env[failuresVariable] = failures;
  const output = openSync(log, 'w');
  try {
    const beside = waiting(['ignore', output, output]);
    const others = await vitest(['--project', 'unit', '--project', 'integration'], 'inherit');
    const besides = await beside;
    process.stdout.write(readFileSync(log));
    if (existsSync(failures)) process.stdout.write(`\nFailed:\n${readFileSync(failures, 'utf8')}`);
    return [others, ...besides];
  } finally {
    closeSync(output);
    rmSync(directory, { recursive: true });
  }
}

async function waiting(stdio: StdioOptions): Promise<number[]> {
  const queues = await vitest(['--project', 'queues'], stdio);
  return isEnding ? [queues] : [queues, await vitest(['--project', 'galaxy'], stdio)];
}

async function vitest(words: readonly string[], stdio: StdioOptions): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=./scripts/failure-reporter.ts'];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...words], {
    stdio,
  });
  running.add(child);
  const [status] = await once(child, 'close');
  running.delete(child);
  return status ?? 1;
}
