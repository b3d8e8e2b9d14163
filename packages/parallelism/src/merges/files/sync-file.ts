import { open } from 'node:fs/promises';

/** Sees to it that what is in a file outlasts a loss of power, before its name says that it is complete. */
export const syncFile = async (path: string): Promise<void> => {
  await using file = await open(path, 'r');
  await file.datasync();
};
