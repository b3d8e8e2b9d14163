// The process that starts attempts for a driver: `node starter.js`, with a channel to the driver. A process that starts
// another one is copied for that, as far as its page tables go, and does nothing else meanwhile: 10 ms in a daemon, half
// a millisecond here, as long as little is loaded here. Attempts have sessions of their own and outlive it; it does not
// outlive its driver.
import { spawn } from 'node:child_process';
import { chownSync, closeSync, fchownSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { giveWay, letSessionGiveWay } from './niceness.ts';
import { startTimeOf } from './processes.ts';
import type { FromStarter, NumberedOrder, StarterSettings, ToStarter } from './starter-messages.ts';

let settings: StarterSettings = { kind: 'settings', environment: {}, niceness: 0 };

const tell = (message: FromStarter): void => {
  // Where the driver is gone there is nobody to tell that it could not be told, and `disconnect` comes next.
  process.send?.(message, () => {});
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function start({ order, sandbox, owner, program, options, environment }: NumberedOrder): void {
  const files: number[] = [];
  const openOutput = (name: string): number => {
    const file = openSync(join(sandbox, name), 'a');
    files.push(file);
    if (owner) fchownSync(file, owner.uid, owner.gid);
    return file;
  };
  try {
    const stdio = ['ignore', openOutput('stdout'), openOutput('stderr')] as const;
    // Last: from now on somebody else may put anything in the place of what is in there.
    if (owner) chownSync(sandbox, owner.uid, owner.gid);
    const child = spawn(program, options, {
      cwd: sandbox,
      detached: true,
      env: { ...settings.environment, ...environment },
      stdio: [...stdio],
    });
    child.once('error', (error) => tell({ kind: 'failed', order, message: messageOf(error) }));
    const { pid } = child;
    if (pid === undefined) return;
    if (settings.niceness > 0) letSessionGiveWay(pid, settings.niceness);
    tell({ kind: 'started', order, pid, startTime: startTimeOf(pid) ?? '' });
    child.once('exit', (status, signal) => tell({ kind: 'ended', order, status, signal }));
  } catch (error) {
    tell({ kind: 'failed', order, message: messageOf(error) });
  } finally {
    for (const file of files) closeSync(file);
  }
}

process.on('message', (message: ToStarter) => {
  if (message.kind === 'start') return start(message);
  settings = message;
  // What is started inherits it: to tell each process once it runs would be too late for what that has started by then.
  if (message.niceness > 0) giveWay(message.niceness);
});
process.once('disconnect', () => process.exit());
// A service manager may send it to all processes of a service; when to end is the driver's to say, by ending.
process.on('SIGTERM', () => {});
tell({ kind: 'ready' });
