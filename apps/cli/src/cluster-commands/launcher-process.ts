import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { clusterFile } from '@galaxy-mesos/queue-cluster';

/** A launcher that was started as a process of its own. */
export interface LauncherProcess {
  readonly child: ChildProcess;
  /** Lets this process end without it. */
  letGo(): void;
}

/** Starts a launcher that outlives this process and its terminal; what it says goes to the cluster's log. */
export function startLauncher(name: string, clusters: string): LauncherProcess {
  const [, program = ''] = process.argv;
  const log = openSync(clusterFile(path.join(clusters, name), 'log'), 'a', 0o600);
  try {
    const words = [...process.execArgv, program, 'cluster', 'up', name, '--foreground'];
    const child = spawn(process.execPath, words, {
      // It keeps no directory from being unmounted.
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, GALAXY_MESOS_CLUSTERS: clusters },
    });
    return { child, letGo: () => child.unref() };
  } finally {
    closeSync(log);
  }
}

const lastLines = 5;

/** What a launcher said last. */
export function endOfLog(directory: string): string {
  const text = readFileSync(clusterFile(directory, 'log'), 'utf8');
  return text.trimEnd().split('\n').slice(-lastLines).join('\n');
}
