// Packs every package that is published, and uses the tarballs as a stranger would: strictly and without a network.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkCommandLine, checkConsumer, installTarballs } from './check-packages/consumer.ts';
import { checkTarball } from './check-packages/tarball.ts';
import { pack, publishedWorkspaces } from './check-packages/workspaces.ts';

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(tmpdir(), 'check-packages-'));
const problems: string[] = [];
try {
  const packed = publishedWorkspaces(root).map((workspace) => pack(workspace, folder));
  for (const tarball of packed) problems.push(...(await checkTarball(tarball, root)));
  const consumer = installTarballs(packed, { root, folder });
  problems.push(...checkConsumer(packed, consumer), ...checkCommandLine(consumer));
  if (problems.length === 0) console.log(`${packed.length} packages can be published`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
