import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Execution, execute } from './execute.ts';
import type { PackedWorkspace } from './workspaces.ts';

/** A project that has all packages installed. */
export interface Consumer {
  readonly directory: string;
  readonly root: string;
}

/**
 * Installs the tarballs into a new project. Each package sees its declared dependencies and nothing else, so that
 * an import that it forgot to declare fails; what is not ours is linked from this repository.
 */
export function installTarballs(
  packed: readonly PackedWorkspace[],
  { root, folder }: { readonly root: string; readonly folder: string },
): Consumer {
  const ours = new Map(packed.map(({ manifest, unpacked }) => [manifest.name, unpacked]));
  for (const { manifest, unpacked } of packed) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      link(ours.get(name) ?? installedFolder(root, unpacked, name), unpacked, name);
    }
  }
  const directory = path.join(folder, 'consumer');
  mkdirSync(directory);
  for (const [name, unpacked] of ours) link(unpacked, directory, name);
  link(path.join(root, 'node_modules/@types/node'), directory, '@types/node');
  return { directory, root };
}

/** npm puts a dependency beside the package where another version of it is in the root. */
function installedFolder(root: string, unpacked: string, name: string): string {
  const candidates = ['packages', 'apps', '.'].map((folder) =>
    folder === '.'
      ? path.join(root, 'node_modules', name)
      : path.join(root, folder, path.basename(unpacked), 'node_modules', name),
  );
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found) throw new Error(`${name} is not installed: run npm ci`);
  return found;
}

function link(target: string, into: string, name: string): void {
  const place = path.join(into, 'node_modules', name);
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(target, place);
}

const strictOptions = {
  compilerOptions: {
    target: 'ES2023',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
  },
  files: ['consumer.mts'],
};

/** Imports every entry point of every package: compiled strictly, declarations included, and run. */
export function checkConsumer(
  packed: readonly PackedWorkspace[],
  { directory, root }: Consumer,
): readonly string[] {
  const entries = packed.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((entry) => !entry.endsWith('.json'))
      .map((entry) => manifest.name + entry.slice(1)),
  );
  const lines = entries.flatMap((entry, index) => [
    `import * as entry${index} from '${entry}';`,
    `if (Object.keys(entry${index}).length === 0) throw new Error('${entry} exports nothing');`,
  ]);
  writeFileSync(path.join(directory, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(path.join(directory, 'tsconfig.json'), JSON.stringify(strictOptions));
  writeFileSync(path.join(directory, 'consumer.mts'), `${lines.join('\n')}\n`);
  return [
    ...failure(execute(path.join(root, 'node_modules/.bin/tsc'), ['-p', '.'], directory)),
    ...failure(execute(process.execPath, ['consumer.mts'], directory)),
  ];
}

/** Runs the packed command on a small file. */
export function checkCommandLine({ directory }: Consumer): readonly string[] {
  const program = 'node_modules/@galaxy-mesos/cli/bin/galaxy-mesos.js';
  writeFileSync(path.join(directory, 'tiny.fasta'), '>a\nACGT\n>b\nGG\n>c\nT\n');
  const map = ['map', '--mesos', 'local', '--input', 'tiny.fasta', '--parts', '3', '--output', 'copy.fasta'];
  return [
    ...failure(execute(process.execPath, [program, '--version'], directory)),
    ...failure(execute(process.execPath, [program, ...map, '--', 'cat {input}'], directory)),
    ...failure(execute('cmp', ['tiny.fasta', 'copy.fasta'], directory)),
  ];
}

const failure = ({ command, succeeded, output }: Execution): readonly string[] =>
  succeeded ? [] : [`${command}:\n${output}`];
