import { readFileSync, statSync } from 'node:fs';
import { codeOf } from '../runnerd-error.ts';
import { pathTrouble } from '../system-words.ts';

/** Reads a file of secrets: its text, and whether others than its owner and group may read it. */
export type TokenReader = (file: string) => { readonly text: string; readonly isOpen: boolean };

/** A token that was read, or why it could not be. */
export type ReadToken =
  | { readonly token: string; readonly warning?: string; readonly problem?: never }
  | { readonly token?: never; readonly problem: string };

/** Shorter ones can be guessed. */
const shortestToken = 8;

/** The token that stands alone in a file. */
export function readToken(file: string, read: TokenReader, shortest = shortestToken): ReadToken {
  try {
    const { text, isOpen } = read(file);
    const token = text.trim();
    if (token.length < shortest || /\s/.test(token)) {
      return { problem: `${file}: expected one line with at least ${shortest} characters and no spaces` };
    }
    return { token, ...(isOpen && { warning: `everybody on this machine can read ${file}: chmod 600 it` }) };
  } catch (error) {
    const advice = codeOf(error) === 'ENOENT' ? '; make it: (umask 077; openssl rand -hex 24 > FILE)' : '';
    return { problem: `${pathTrouble(error, file)}${advice}` };
  }
}

/** A {@link TokenReader} of this machine's files. */
export function readSecretFile(file: string): { readonly text: string; readonly isOpen: boolean } {
  return { text: readFileSync(file, 'utf8'), isOpen: (statSync(file).mode & 0o004) !== 0 };
}
