import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { bytes } from '../progress-line.ts';
import type { Finding } from './finding.ts';

/** Less than this is called a problem: parts and results of a real genome soon fill it. */
const leastFreeBytes = 1e9;

/** What the scripts of tasks use; Galaxy's tools need the last two. `dd` is used only where it is there. */
const programs = [
  ...['sh', 'cat', 'cp', 'grep', 'head', 'mkdir', 'rm', 'sed', 'tail', 'wc', 'xargs'],
  ...['bash', 'ln'],
];

/** Looks at Node, the machine's size and the programs that tasks need. */
export function lookAtMachine(environment: NodeJS.ProcessEnv): Finding[] {
  const gibibytes = Math.round(Math.min(totalmem(), process.constrainedMemory() || totalmem()) / 2 ** 30);
  return [
    { subject: 'node', state: 'ok', text: process.version },
    {
      subject: 'this machine',
      state: 'ok',
      text: `${availableParallelism()} cores, ${gibibytes} GiB of memory`,
    },
    lookForPrograms(environment.PATH ?? ''),
  ];
}

function lookForPrograms(searchPath: string): Finding {
  const directories = searchPath.split(path.delimiter);
  const missing = programs.filter(
    (program) => !directories.some((directory) => isThere(path.join(directory, program))),
  );
  if (missing.length === 0) {
    return { subject: 'programs', state: 'ok', text: 'all that tasks need are there' };
  }
  const advice = 'install them: tasks cut and join files with them';
  return { subject: 'programs', state: 'problem', text: `missing: ${missing.join(', ')}`, advice };
}

/** Looks whether state and parts can be written to a directory. */
export function lookAtDirectory(directory: string): Finding {
  const subject = 'work directory';
  const at = path.resolve(directory);
  const found = statSync(at, { throwIfNoEntry: false });
  if (!found?.isDirectory()) {
    const text = `${at} ${found ? 'is no directory' : 'is not there'}`;
    return { subject, state: 'problem', text, advice: 'make it, or name another with --work-dir' };
  }
  if (!isThere(at, constants.W_OK)) {
    const advice = 'name another with --work-dir';
    return { subject, state: 'problem', text: `${at}: no permission to write`, advice };
  }
  const { bavail, bsize } = statfsSync(at);
  const free = bavail * bsize;
  const text = `${at}: ${bytes(free)} free`;
  if (free >= leastFreeBytes) return { subject, state: 'ok', text };
  return { subject, state: 'problem', text, advice: 'make room: parts and results are kept there' };
}

function isThere(file: string, mode: number = constants.X_OK): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
