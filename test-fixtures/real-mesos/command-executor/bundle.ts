// `node bundle.ts FOLDER` writes the command executor into FOLDER/executor.cjs: one file that loads quickly.
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const [, , folder = '.'] = process.argv;
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// Several clusters may start at the same time: each writes a file of its own and puts it into place in one step.
const own = await mkdtemp(join(folder, 'bundle-'));
try {
  await build({
    config: false,
    silent: true,
    entry: { executor: fileOf('main.ts') },
    outDir: own,
    outExtension: () => ({ js: '.cjs' }),
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minify: true,
    noExternal: [/./],
    esbuildOptions(options) {
      options.conditions = ['@galaxy-mesos/source'];
      options.alias = { undici: fileOf('lean-http.ts') };
    },
  });
  await rename(join(own, 'executor.cjs'), join(folder, 'executor.cjs'));
} finally {
  await rm(own, { recursive: true, force: true });
}
