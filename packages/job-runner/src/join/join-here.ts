import { ChildProgram } from '../child/child-program.ts';
import type { FileOwner } from '../deliver-as.ts';
import { type JoinEnd, type JoinOrder, joinEndSchema } from './join-messages.ts';

/**
 * Joins results by a program of its own, which ends with this process.
 * @param owner as whom it reads and writes; absent: as the user of this process
 * @throws Error with what the merge says, or the reason of the signal
 */
export async function joinHere(order: JoinOrder, signal: AbortSignal, owner?: FileOwner): Promise<void> {
  const program = new ChildProgram('join/join-program', order, { does: 'joins', signal, owner });
  let end: JoinEnd = { message: 'the program that joins has not said whether it could' };
  for await (const told of program.told()) end = joinEndSchema.parse(told);
  if (end.message !== undefined) throw new Error(end.message);
}
