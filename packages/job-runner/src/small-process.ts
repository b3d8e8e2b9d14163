import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** Reads how many words a command has, and then them, each ended by a NUL; says what the command ended with. */
const script = `
while IFS= read -r -d '' count; do
  words=()
  while ((count-- > 0)); do IFS= read -r -d '' word || exit 1; words+=("$word"); done
  "\${words[@]}" </dev/null >/dev/null 2>&1
  printf '%s\\n' $?
done`;

type Waiting = PromiseWithResolvers<number>;

/**
 * Runs commands one after the other from a small process of its own. To start one from a process of some hundred MiB
 * keeps that from all else for ten milliseconds and more, because its page tables are copied; from a shell it is one.
 */
export class SmallProcess {
  #shell: ChildProcessWithoutNullStreams | undefined;
  #waiting: Waiting[] = [];

  /**
   * What a command ended with.
   * @throws Error if that cannot be known, since there is no shell or it was killed; the next command gets a new one
   */
  run(...words: readonly string[]): Promise<number> {
    const shell = this.#shell ?? this.#start();
    this.#shell = shell;
    const waiting = Promise.withResolvers<number>();
    this.#waiting.push(waiting);
    keepAlive(shell, true);
    shell.stdin.write(`${[String(words.length), ...words].join('\0')}\0`);
    return waiting.promise;
  }

  #start(): ChildProcessWithoutNullStreams {
    // Signals of a terminal are for this process, which may still want something done then; the shell ends with it,
    // however that ends, because nothing is to be read any more.
    const shell = spawn('/bin/bash', ['-c', script], { detached: true });
    const fail = (error: Error) => {
      if (this.#shell !== shell) return;
      this.#shell = undefined;
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    };
    shell.on('error', fail);
    shell.on('exit', (code, signal) =>
      fail(new Error(`the shell that runs commands ended: ${signal ?? code}`)),
    );
    // It has ended, and that is told where it counts.
    shell.stdin.on('error', () => {});
    shell.stderr.resume();
    let rest = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#waiting.shift()?.resolve(Number(line));
      if (this.#waiting.length === 0) keepAlive(shell, false);
    });
    return shell;
  }
}

/** Whether this process waits for the shell before it ends by itself. */
function keepAlive(shell: ChildProcessWithoutNullStreams, isWanted: boolean): void {
  const all = [
    shell,
    ...[shell.stdin, shell.stdout, shell.stderr].filter((stream) => stream instanceof Socket),
  ];
  for (const one of all) {
    if (isWanted) one.ref();
    else one.unref();
  }
}
