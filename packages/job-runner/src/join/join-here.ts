import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { FileOwner } from '../deliver-as.ts';
import type { JoinEnd, JoinOrder } from './join-messages.ts';

// The bundler puts this file beside the folder that the program is in.
const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(
  new URL(isSource ? 'join-program.ts' : 'join/join-program.js', import.meta.url),
);
const conditions = isSource ? ['--conditions=@galaxy-mesos/source'] : [];

/** Parts are streamed: what a join needs more than this it must not need. In MiB. */
const heap = 256;

/**
 * Joins results by a program of its own, which ends with this process.
 * @param owner as whom it reads and writes; absent: as the user of this process
 * @throws Error with what the merge says, or the reason of the signal
 */
export async function joinHere(order: JoinOrder, signal: AbortSignal, owner?: FileOwner): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [...conditions, `--max-old-space-size=${heap}`, program], {
    // Signals of a terminal are for this process, which passes on what it means by them.
    detached: true,
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C', NODE_NO_WARNINGS: '1' },
    ...(owner && owner.uid !== process.geteuid?.() && owner),
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    // It may be gone before it has read all; how it ended says why.
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const ended = Promise.withResolvers<string>();
    child.once('error', ended.reject);
    child.once('exit', (code, killed) => ended.resolve(killed ?? `exit code ${code}`));
    const [told, complaints, how] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended.promise,
    ]);
    signal.throwIfAborted();
    const message = messageOf(told, complaints, how);
    if (message !== undefined) throw new Error(message);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Without a last word it was killed, or ran out of memory. */
function messageOf(told: string, complaints: string, how: string): string | undefined {
  if (told === '') return `the program that joins ended with ${how}: ${complaints.trim().slice(-1000)}`;
  return (JSON.parse(told) as JoinEnd).message;
}
