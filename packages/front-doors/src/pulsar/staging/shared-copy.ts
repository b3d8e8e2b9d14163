import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, normalize, relative, sep } from 'node:path';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { isBelow, type OpenFile, openInside } from '../../files/open-inside.ts';
import { makeWay, receiveFile } from '../../files/receive-file.ts';
import { safeSegments, shown } from '../../files/safe-name.ts';

/** Copies a file of Galaxy's that is seen here under the same path. */
export async function copyIn(
  source: string,
  target: string,
  shared: readonly string[],
  temporaryDirectory: string,
): Promise<void> {
  requireShared(source, shared);
  const { handle, size } = await openInside([], source, shared);
  try {
    await receiveFile(handle.createReadStream({ autoClose: false }), target, {
      temporaryDirectory,
      expectedBytes: size,
    });
  } finally {
    await handle.close();
  }
}

/** Copies a file of a job to where Galaxy sees it under the same path. */
export async function copyOut(
  { handle, size }: OpenFile,
  target: string,
  shared: readonly string[],
): Promise<void> {
  const root = requireShared(target, shared);
  const name = relative(root, normalize(target)).split(sep).join('/');
  const path = await makeWay(await realpath(root), safeSegments(name));
  await receiveFile(handle.createReadStream({ start: 0, autoClose: false }), path, {
    temporaryDirectory: dirname(path),
    expectedBytes: size,
  });
}

function requireShared(path: string, shared: readonly string[]): string {
  const root = isAbsolute(path) ? shared.find((directory) => isBelow(directory, normalize(path))) : undefined;
  if (root !== undefined) return root;
  const allowed = shared.length === 0 ? 'none is' : `these are: ${shared.join(', ')}`;
  throw new FrontDoorError(
    'OUTSIDE',
    `remote_copy of ${shown(path)}: the daemon may copy only in directories that its configuration names as shared; ${allowed}`,
  );
}
