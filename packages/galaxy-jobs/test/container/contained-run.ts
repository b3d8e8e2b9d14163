import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ContainedCommand, containerCommand } from '../../src/index.ts';

/** How a command in a container ended. */
export interface ContainedEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A tree like that of an attempt, which vanishes with it. */
export class Tree implements Disposable {
  readonly root: string;
  readonly working: string;

  constructor() {
    this.root = mkdtempSync(path.join(tmpdir(), "galaxy mesos container's "));
    this.working = path.join(this.root, 'working');
    mkdirSync(this.working);
    mkdirSync(path.join(this.root, 'home'));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Starts a command in a container, its words quoted for a shell, with `$tree` and `$attempt` in them. */
export function startContained(
  tree: Tree,
  contained: Pick<ContainedCommand, 'container' | 'command'> & Partial<ContainedCommand>,
  environment: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<ContainedEnd> } {
  const text = containerCommand({
    mounts: [{ path: '"$tree"' }],
    workingDirectory: '"$tree/working"',
    home: '"$tree/home"',
    name: '"$attempt"',
    ...contained,
  });
  const child = spawn('/bin/sh', ['-c', `tree=$1 attempt=$2\nexec ${text}`, 'sh', tree.root, 'job=1:a.0'], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: tree.root,
    detached: true,
  });
  const streams = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    streams.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    streams.stderr += chunk;
  });
  const ended = new Promise<ContainedEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...streams }));
  });
  return { child, ended };
}

/** {@link startContained}, and waits for its end. */
export const runContained = (...parameters: Parameters<typeof startContained>): Promise<ContainedEnd> =>
  startContained(...parameters).ended;
