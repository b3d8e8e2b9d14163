import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { fasta, galaxyMesos } from './command.ts';

const startScript = fileURLToPath(new URL('../../../test-fixtures/real-mesos/start.sh', import.meta.url));

const canHide = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

let mesos: RealMesos;
let agent: ChildProcess | undefined;
/** Here it is like everywhere, and to the agent it is empty. */
let cwd: string;

/** An agent in a mount namespace of its own, where something else lies over the directory. */
async function startBlindAgent(): Promise<void> {
  const workFolder = path.join(mesos.folder, 'blind-agent');
  mkdirSync(workFolder);
  const script = 'mount -t tmpfs none "$1" && exec sh "$2" agent "$3" "$4"';
  const port = String(await freePort());
  const words = ['-m', 'sh', '-c', script, 'sh', cwd, startScript, workFolder, port];
  const output = openSync(path.join(mesos.folder, 'blind-agent.log'), 'a');
  agent = spawn('unshare', words, {
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      RIG_MASTER: new URL(mesos.url).host,
      RIG_DIE_WITH_PARENT: '1',
      MESOS_RESOURCES: 'cpus:2;mem:1024;disk:1024',
      MESOS_REGISTRATION_BACKOFF_FACTOR: '50ms',
    },
  });
  while (!(await isRegistered())) {
    if (agent.exitCode !== null)
      throw new Error(readFileSync(path.join(mesos.folder, 'blind-agent.log'), 'utf8'));
    await sleep(50);
  }
}

async function isRegistered(): Promise<boolean> {
  const response = await fetch(`${mesos.url}/api/v1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{"type":"GET_AGENTS"}',
  });
  return (await response.text()).includes('"active":true');
}

describe.skipIf(!canHide || !requireRealMesos())(
  'on a Mesos whose agent does not see the work directory',
  () => {
    beforeAll(async () => {
      cwd = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-unshared-'));
      mesos = await startMesos({ agents: [], separateProcesses: true });
      await startBlindAgent();
    });
    afterAll(async () => {
      if (agent?.pid !== undefined && agent.exitCode === null) process.kill(-agent.pid, 'SIGKILL');
      await mesos?.stop();
      rmSync(cwd, { recursive: true });
    });

    it('says so when the first task finds out', async () => {
      writeFileSync(path.join(cwd, 'reads.fa'), fasta(3));
      const words = [
        'map',
        '--mesos',
        mesos.url,
        '--input',
        'reads.fa',
        '--output',
        'o',
        '--',
        'cat {input}',
      ];
      const { code, stderr } = await galaxyMesos(words, { cwd });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^galaxy-mesos: \[NO_SHARED_PATH\] \S+\/\.o\.galaxy-mesos: the agent on \S+ does not see it; choose one that all agents see with --work-dir\n/,
      );
    });

    it('is told of by the doctor, who leaves nothing in the directory', async () => {
      const { code, stdout } = await galaxyMesos(['doctor', '--mesos', mesos.url], { cwd });
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /^BAD shared path +not seen by 1 of 1 agents: \S+\n +-> name a directory that all agents share with --work-dir\n$/m,
      );
      expect(readdirSync(cwd).filter((name) => name.includes('probe'))).toEqual([]);
    });
  },
);
