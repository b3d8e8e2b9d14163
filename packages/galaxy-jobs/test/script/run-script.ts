import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type JobScriptSettings, renderJobScript } from '../../src/index.ts';

/** How a script of the tests ended, and what it left behind. */
export interface ScriptRun {
  readonly status: number | null;
  /** The script's own streams; those of its command are in files. */
  readonly stdout: string;
  readonly stderr: string;
  /** A file of the job's directory; `undefined` if it is not there. */
  file(name: string): string | undefined;
}

/** A script that runs. */
export interface RunningScript {
  readonly directory: string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<ScriptRun>;
}

/** Makes directories for jobs, which vanish with it. */
export class JobDirectories implements Disposable {
  readonly root: string = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-script-'));

  /** A new directory of the given name, which may be any that a file may have. */
  make(name = 'job'): string {
    const directory = path.join(mkdtempSync(path.join(this.root, 'in-')), name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Starts the script of a job with real bash, with no more of an environment than is given and a PATH. */
export function startJobScript(
  settings: JobScriptSettings,
  environment: Readonly<Record<string, string>> = {},
  edit: (script: string) => string = (script) => script,
): RunningScript {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-script-')), 'command.sh');
  writeFileSync(file, edit(renderJobScript(settings)));
  const child = spawn('/bin/bash', [file], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const streams = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    streams.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    streams.stderr += text;
  });
  const ended = new Promise<ScriptRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      rmSync(path.dirname(file), { recursive: true });
      resolve({ status, ...streams, file: (name) => readIfThere(path.join(settings.directory, name)) });
    });
  });
  return { directory: settings.directory, kill: (signal) => child.kill(signal), ended };
}

/** {@link startJobScript}, and waits for its end. */
export const runJobScript = (
  settings: JobScriptSettings,
  environment: Readonly<Record<string, string>> = {},
  edit?: (script: string) => string,
): Promise<ScriptRun> => startJobScript(settings, environment, edit).ended;

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
