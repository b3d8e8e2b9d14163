import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Makes an empty file, or leaves the one that is there. It never makes the file that a link leads to. */
export async function touch(path: string): Promise<void> {
  const { O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644);
  await handle.close();
}
