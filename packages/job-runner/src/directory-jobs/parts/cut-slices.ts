import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { JobError } from '../../job-error.ts';

/** An input that became a pipe has no end. */
const mostMilliseconds = 2 * 3600_000;

/** Of what it says, this much at the end tells why. */
const wordsLength = 1000;

/** Where there is no room now there may be some later. */
const isPassing =
  /No space left on device|quota exceeded|Cannot allocate memory|Resource temporarily unavailable/i;

/**
 * Runs what cuts the slices of a part in a directory, and ends it with all that it has started once the signal fires
 * or it takes hours.
 * @throws JobError `INPUT_CHANGED` if they cannot be cut; Error where that may pass; the reason of the signal
 */
export async function runCutting(
  script: string,
  directory: string,
  signal: AbortSignal,
  milliseconds = mostMilliseconds,
): Promise<void> {
  signal.throwIfAborted();
  const limited = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
  const text = 'part_taken=; . "$1" && [[ $part_taken ]]';
  const child = spawn('/bin/bash', ['-c', text, 'cut', script], {
    cwd: directory,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    words = (words + said).slice(-wordsLength);
  });
  const end = () => endGroup(child.pid);
  limited.addEventListener('abort', end, { once: true });
  try {
    const [status] = await once(child, 'close');
    signal.throwIfAborted();
    if (status !== 0) throw whyNot(script, words.trim() || `bash ended with status ${status}`, limited);
  } finally {
    limited.removeEventListener('abort', end);
  }
}

function whyNot(script: string, words: string, limited: AbortSignal): Error {
  const message = `the part of the inputs could not be cut: ${limited.aborted ? 'it took too long' : words}`;
  return isPassing.test(words) ? new Error(message) : new JobError('INPUT_CHANGED', script, message);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
