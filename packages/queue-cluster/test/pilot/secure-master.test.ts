import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createServer } from 'node:tls';
import { MasterClient } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { killProcessesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { requireRealMesos, startMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import { defineCluster } from '../../src/definition/define-cluster.ts';
import { runLauncher } from '../../src/launcher/index.ts';
import {
  createCluster,
  masterAccess,
  pilotDirectory,
  readView,
  writeWanted,
} from '../../src/standing/index.ts';
import { quick } from '../launcher/live-cluster.ts';
import { rigAgent } from './pilots.ts';

const credential = { principal: 'ann', secret: 's3 c"ret' };

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1, which is its own authority, and its key. */
function makeCertificate(folder: string): KeyPair {
  const [cert, key] = [join(folder, 'ca.pem'), join(folder, 'key')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...names];
  execFileSync('openssl', words, { stdio: 'pipe' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** The rig's Mesos speaks no TLS: this does, and passes everything on. */
async function speakTls(certificate: KeyPair, port: number) {
  const server = createServer(certificate, (socket) => {
    const master = connect(port, '127.0.0.1');
    socket.on('error', () => master.destroy()).on('close', () => master.destroy());
    master.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(master).pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

describe.skipIf(!requireRealMesos() || spawnSync('openssl', ['version']).status !== 0)(
  'a master that is there, with https and a credential',
  () => {
    it('gets a cluster, whose commands find it by its authority and credential, and nobody otherwise', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'secure-master-'));
      const flags = ['agents', 'frameworks', 'http_frameworks', 'http_readonly', 'http_readwrite'];
      const mesos = await startMesos({
        agents: [],
        credentials: [credential],
        masterFlags: Object.fromEntries(flags.map((name) => [`authenticate_${name}`, 'true'])),
      });
      const { host, port } = new URL(mesos.url);
      const terminator = await speakTls(makeCertificate(folder), Number(port));
      try {
        const [file, ca, scratch] = ['credential', 'ca.pem', 'scratch'].map((name) => join(folder, name));
        writeFileSync(`${file}`, JSON.stringify(credential), { mode: 0o600 });
        mkdirSync(`${scratch}`);
        const url = `https://127.0.0.1:${(terminator.address() as AddressInfo).port}`;
        // What ends TLS is not where agents find a master that speaks it itself.
        const definition = defineCluster({
          name: 'night',
          options: {},
          file: {
            name: 'c.yaml',
            text: JSON.stringify({
              on: 'shell',
              setup: `export RIG_NODE='${execPath}'`,
              programs: { agent: rigAgent },
              master: { at: url, credential_file: file, ca_file: ca },
              agent_address: '127.0.0.1',
              agent_flags: `--master=${host}`,
              pools: { main: { agents: 1, cpus: 1, mem: '64M', agent_mem: '0', walltime: '1h', scratch } },
            }),
          },
          sites: [],
        });
        const clusters = join(folder, 'clusters');
        const directory = await createCluster(clusters, definition);
        const want = (state: 'up' | 'down') =>
          writeWanted(directory, { state, at: Date.now(), pools: { main: { min: 1, max: 1 } } });
        await want('up');
        const launcher = runLauncher({ clusters, name: 'night', timing: quick });
        await waitFor('the agent to be registered', async () =>
          (await readView(directory))?.pilots.some(({ phase }) => phase === 'registered') ? true : undefined,
        );
        const [pilot = ''] = readdirSync(join(directory, 'pilots'));
        expect(readFileSync(join(pilotDirectory(directory, pilot), 'facts'), 'utf8')).toContain(
          `\nmaster=${host}\n`,
        );
        const { credentialFile: _file, ...access } = masterAccess(directory);
        await using known = new MasterClient(access);
        expect((await known.call({ type: 'GET_AGENTS' })).agents).toHaveLength(1);
        await using stranger = new MasterClient({ ...access, tls: {} });
        await expect(stranger.call({ type: 'GET_AGENTS' })).rejects.toThrow(
          /TLS_REFUSED.*authority that is not trusted here.*`ca_file` of a cluster/,
        );
        await want('down');
        expect(await launcher).toBe('down');
      } finally {
        terminator.close();
        await mesos.stop();
        await killProcessesBelow(folder);
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  },
);
