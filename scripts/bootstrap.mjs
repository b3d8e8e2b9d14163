// What `npm start` and `npm test` begin with. On a machine with no more than Node 20 and npm it sets up what is
// missing, then does what was asked on the Node that npm brought. Plain JavaScript: an old Node reads it, too.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const binaries = path.join(root, 'node_modules', '.bin');
const actions = { start: 'scripts/example.ts', test: 'scripts/test.ts' };
const leastToSetUp = [20, 0];
const leastToRun = [22, 19];

const environment = {
  ...process.env,
  PATH: `${binaries}${path.delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
};

const [action = '', ...rest] = process.argv.slice(2);
process.exitCode = await bootstrap(action, rest);

/** Answers the exit status. */
async function bootstrap(name, args) {
  const script = actions[name];
  if (!script) return complain(`usage: node scripts/bootstrap.mjs ${Object.keys(actions).join('|')}`);
  if (!isAtLeast(process.versions.node, leastToSetUp)) {
    return complain(`Node ${leastToSetUp.join('.')} or newer is needed; this is ${process.version}`);
  }
  process.chdir(root);
  if (!isInstalled()) {
    const ci = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const status = await step('Installing packages', 'npm', ci);
    if (status !== 0) return status;
  }
  const status = await step('Building', path.join(binaries, 'turbo'), ['run', 'build']);
  if (status !== 0) return status;
  const node = nodeToRun();
  if (!node) {
    return complain(
      `Node ${leastToRun.join('.')} or newer is needed; this is ${process.version}, and npm has none for ` +
        `${process.platform} ${process.arch}. Install it from nodejs.org`,
    );
  }
  return run(node, [script, ...args], 'inherit');
}

/** Whether node_modules holds what package-lock.json asks for. npm writes its list when an install is complete. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages(path.join('node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([where, { version, optional }]) =>
      where === '' || optional || (where in installed && installed[where].version === version),
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** The Node that npm installed, or else this one if it will do. */
function nodeToRun() {
  const brought = path.join(binaries, 'node');
  if (existsSync(brought)) return brought;
  return isAtLeast(process.versions.node, leastToRun) ? process.execPath : undefined;
}

function isAtLeast(version, [leastMajor, leastMinor]) {
  const [major, minor] = version.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** Runs a command without a word, unless it fails. */
async function step(label, command, args) {
  const startedAt = performance.now();
  process.stdout.write(`${label} … `);
  const status = await run(command, args, 'on-failure');
  if (status === 0) process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return status;
}

/**
 * Runs a command to its end and answers its exit status. A terminal sends Ctrl-C to the command as well, so that
 * it is enough to wait for it; other signals are for this process only and are passed on.
 */
function run(command, args, output) {
  const child = spawn(command, args, {
    env: environment,
    stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(chunk));
  let isInterrupted = false;
  const wait = () => {
    isInterrupted = true;
  };
  const passOn = (signal) => child.kill(signal);
  process.on('SIGINT', wait).on('SIGTERM', passOn).on('SIGHUP', passOn);
  return new Promise((resolve) => {
    const end = (status, message) => {
      process.off('SIGINT', wait).off('SIGTERM', passOn).off('SIGHUP', passOn);
      if (status !== 0 && output === 'on-failure') {
        process.stdout.write('failed\n');
        process.stderr.write(Buffer.concat(printed));
      }
      if (message) complain(message);
      resolve(status);
    };
    child.once('error', (error) => end(1, `${command} cannot be run: ${error.message}`));
    child.once('close', (code, signal) => {
      const status = signal ? 128 + constants.signals[signal] : code;
      // Some commands call it a success to end early.
      end(status === 0 && isInterrupted ? 128 + constants.signals.SIGINT : status);
    });
  });
}

function complain(message) {
  console.error(message);
  return 1;
}
