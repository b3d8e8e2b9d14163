/** What an error says, without the code in front: for a sentence that goes on with it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^\[\w+\] /, '') : String(error);
}
