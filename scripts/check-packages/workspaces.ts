import { globSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execute, mustSucceed } from './execute.ts';

/** The parts of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package of this repository. */
export interface Workspace {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** A workspace as npm would publish it: `tarball` is the .tgz, `unpacked` the folder with its contents. */
export interface PackedWorkspace extends Workspace {
  readonly tarball: string;
  readonly unpacked: string;
}

/** All workspaces that are not private, in the order of their folders. */
export function publishedWorkspaces(root: string): readonly Workspace[] {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .sort()
    .map((file) => ({
      directory: path.join(root, path.dirname(file)),
      manifest: JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest,
    }))
    .filter(({ manifest }) => !manifest.private);
}

/** Packs a workspace into `folder` and unpacks it there again. */
export function pack(workspace: Workspace, folder: string): PackedWorkspace {
  const printed = mustSucceed(
    execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], workspace.directory),
  );
  const [packed] = JSON.parse(printed) as readonly { readonly filename: string }[];
  if (!packed) throw new Error(`npm pack named no tarball for ${workspace.manifest.name}`);
  const tarball = path.join(folder, packed.filename);
  const unpacked = path.join(folder, 'unpacked', path.basename(workspace.directory));
  mkdirSync(unpacked, { recursive: true });
  mustSucceed(execute('tar', ['-xzf', tarball, '--strip-components=1', '-C', unpacked], folder));
  return { ...workspace, tarball, unpacked };
}
