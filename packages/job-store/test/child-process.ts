import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const script = path.join(import.meta.dirname, 'child.ts');
const running = new Set<Child>();

/** A process that works on a store. */
export interface Child {
  readonly pid: number | undefined;
  /** The next line that it writes; `''` once it has ended. */
  line(): Promise<string>;
  /** The next line that begins so; others before it are passed over. */
  lineOf(beginning: string): Promise<string>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/** Starts `child.ts`. */
export function startChild(
  what: 'hold' | 'open' | 'append' | 'commit' | 'commit-large' | 'stand-by',
  location: string,
  options: { readonly uid?: number } = {},
): Child {
  const args = ['--conditions=@galaxy-mesos/source', '--disable-warning=ExperimentalWarning', script];
  const started = spawn(process.execPath, [...args, what, location], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => started.once('exit', resolve));
  const line = async (): Promise<string> => (await lines.next()).value ?? '';
  const child: Child = {
    pid: started.pid,
    line,
    lineOf: async (beginning) => {
      for (;;) {
        const next = await line();
        if (next.startsWith(beginning)) return next;
        if (next === '') throw new Error(`the process ended without "${beginning}"`);
      }
    },
    signal: (name) => void started.kill(name),
    kill: async () => {
      started.kill('SIGKILL');
      await ended;
    },
  };
  running.add(child);
  return child;
}

/** Ends all that a test has started. */
export async function killChildren(): Promise<void> {
  const children = [...running];
  running.clear();
  await Promise.all(children.map((child) => child.kill()));
}
