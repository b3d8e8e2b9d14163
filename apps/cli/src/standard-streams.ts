/** The part of a stream that {@link survive} needs. */
interface Stream {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

const gone = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

/**
 * Keeps work going when nobody reads what is printed any more: `| head`, or a terminal that was closed. What
 * counts is the result; that nobody listens is said once on stderr, unless that is what is closed.
 */
export function survive(stdout: Stream, stderr: Stream & { write(text: string): unknown }): void {
  stderr.on('error', () => {
    // There is nowhere left to tell it.
  });
  let told = false;
  stdout.on('error', (error) => {
    // A reader that has seen enough, such as `head`, is no fault.
    if (told || ('code' in error && gone.includes(String(error.code)))) return;
    told = true;
    stderr.write(`galaxy-mesos: warning: stdout cannot be written: ${error.message}\n`);
  });
}
