import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { JoinPart } from '@galaxy-mesos/parallelism';
import { ChildProgram } from '../child/child-program.ts';
import type { FileOwner } from '../deliver-as.ts';
import { type JoinEnd, type JoinOrder, joinEndSchema } from './join-messages.ts';

/** What is to be joined. */
export interface Join extends JoinOrder {
  /** In order. */
  readonly parts: readonly JoinPart[];
}

/**
 * Joins results by a program of its own, which ends with this process.
 * @param owner as whom it reads and writes; absent: as the user of this process
 * @throws Error with what the merge says, or the reason of the signal
 */
export async function joinHere(
  { parts, ...order }: Join,
  signal: AbortSignal,
  owner?: FileOwner,
): Promise<void> {
  await using list = await listOf(parts, path.dirname(path.dirname(order.destination)));
  const options = { does: 'joins', signal, owner, file: list.fd };
  const program = new ChildProgram('join/join-program', order, options);
  let end: JoinEnd = { message: 'the program that joins has not said whether it could' };
  for await (const told of program.told()) end = joinEndSchema.parse(told);
  if (end.message !== undefined) throw new Error(end.message);
}

/** So many parts are written at once. */
const batch = 1000;

/** The parts in a file that has no name: it is gone when it is closed, and nobody else can come by it. */
async function listOf(parts: readonly JoinPart[], directory: string): Promise<FileHandle> {
  const name = path.join(directory, `.parts-${randomUUID()}`);
  const list = await open(name, 'wx+', 0o600);
  try {
    await unlink(name);
    for (let from = 0; from < parts.length; from += batch) {
      const lines = parts.slice(from, from + batch).map((part) => `${JSON.stringify(part)}\n`);
      await list.writeFile(lines.join(''));
    }
    return list;
  } catch (error) {
    await list.close();
    throw error;
  }
}
