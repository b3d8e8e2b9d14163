import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { execPath, geteuid } from 'node:process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { defineCluster } from '../../src/definition/define-cluster.ts';
import {
  agentAccessFlags,
  executorKeyOf,
  masterAccessFlags,
  prepareAccess,
} from '../../src/launcher/access.ts';
import { keepMasterHere, stopMasterHere } from '../../src/master/index.ts';
import { basicsShell } from '../../src/pilot/shell/basics.ts';
import { type ClusterCredential, masterAccess } from '../../src/standing/access.ts';
import { PilotCluster, type RunningScript, rigMaster } from './pilots.ts';

const json = { 'content-type': 'application/json', accept: 'application/json' };
const call = (path: string, type: string, rest = {}) =>
  [path, { method: 'POST', headers: json, body: JSON.stringify({ type, ...rest }) }] as const;
const form = (path: string) => [path, { method: 'POST', body: '' }] as const;
const page = (path: string) => [path, {}] as const;
type Door = readonly [path: string, init: RequestInit];

const doorsOfAll: readonly Door[] = ['/metrics/snapshot', '/logging/toggle?level=3&duration=1mins'].map(page);
const framework_info = { user: 'root', name: 'stranger', principal: 'galaxy-mesos' };
const doorsOfMaster: readonly Door[] = [
  ...doorsOfAll,
  ...['state', 'frameworks', 'slaves', 'tasks', 'flags', 'quota'].map((name) => page(`/master/${name}`)),
  ...['/maintenance/schedule', '/registrar(1)/registry', '/weights'].map(page),
  ...['teardown', 'machine/down', 'machine/up', 'maintenance/schedule', 'quota', 'reserve'].map((name) =>
    form(`/master/${name}`),
  ),
  ...['GET_STATE', 'SUBSCRIBE', 'DRAIN_AGENT', 'MARK_AGENT_GONE', 'READ_FILE', 'SET_LOGGING_LEVEL'].map(
    (type) => call('/api/v1', type),
  ),
  call('/master/api/v1/scheduler', 'SUBSCRIBE', { subscribe: { framework_info } }),
];
const doorsOfAgent: readonly Door[] = [
  ...doorsOfAll,
  ...['state', 'flags', 'containers', 'monitor/statistics'].map((name) => page(`/slave(1)/${name}`)),
  ...['GET_STATE', 'KILL_CONTAINER', 'ATTACH_CONTAINER_INPUT', 'READ_FILE', 'LIST_FILES'].map((type) =>
    call('/slave(1)/api/v1', type),
  ),
  call('/slave(1)/api/v1', 'LAUNCH_CONTAINER', {
    launch_container: { container_id: { value: 'c' }, command: { value: 'true' } },
  }),
  call('/slave(1)/api/v1/executor', 'SUBSCRIBE', {
    executor_id: { value: 'e' },
    framework_id: { value: 'f' },
    subscribe: {},
  }),
];

const basic = ({ principal, secret }: ClusterCredential) => ({
  authorization: `Basic ${btoa(`${principal}:${secret}`)}`,
});

/** A message as Mesos's programs send them to each other, which says whom it is from; the answer's first line. */
async function sendMessage(from: string, to: string, name: string, localAddress: string): Promise<string> {
  const [host = '', port] = to.split(':');
  const socket = createConnection({ host, port: Number(port), localAddress }).setEncoding('utf8');
  socket.write(
    `POST /slave(1)/mesos.internal.${name} HTTP/1.1\r\nLibprocess-From: ${from}\r\nContent-Length: 0\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [string];
  socket.destroy();
  return answer.split('\r\n')[0] ?? '';
}

describe.skipIf(!requireRealMesos())('a stranger, who reaches a cluster', () => {
  const definition = defineCluster({
    name: 'test',
    options: { on: 'shell', agents: '1', masterHere: true },
    sites: [],
  });
  let cluster: PilotCluster;
  let credential: ClusterCredential;
  let master: string;
  let pilot: RunningScript;
  let agent: string;

  const pilotWith = (access: string) => {
    const executorKey = executorKeyOf(definition, access);
    return cluster.start({
      ...(executorKey !== undefined && { executorKey }),
      ...cluster.options(master, { limits: { agentFreshSeconds: 60 } }),
      agentFlags: ['--registration_backoff_factor=100ms', ...agentAccessFlags(definition, access)],
      accessDirectory: join(access, 'access'),
    });
  };

  beforeAll(async () => {
    process.env.RIG_NODE = execPath;
    cluster = new PilotCluster();
    await prepareAccess(definition, cluster.directory, randomBytes);
    const known = masterAccess(cluster.directory).credential;
    if (!known) throw new Error('the cluster has no credential');
    credential = known;
    const started = await keepMasterHere({
      directory: join(cluster.directory, 'master'),
      program: [rigMaster],
      ip: '127.0.0.1',
      flags: masterAccessFlags(definition, cluster.directory),
    });
    master = started.address;
    pilot = pilotWith(cluster.directory);
    agent = await pilot.until('the agent’s address', ({ agentAddress }) => agentAddress);
    await pilot.until('the agent to be registered', ({ agentId }) => agentId);
  });
  afterAll(async () => {
    await stopMasterHere(join(cluster.directory, 'master'));
    await cluster.destroy();
    delete process.env.RIG_NODE;
  });

  const agents = async () => {
    const answer = await fetch(`http://${master}/master/slaves`, { headers: basic(credential) });
    return ((await answer.json()) as { slaves: readonly { pid: string }[] }).slaves;
  };

  it.each([
    ['none', () => undefined],
    ['a wrong one', () => ({ ...credential, secret: 'x'.repeat(64) })],
    ['that of somebody else', () => ({ ...credential, principal: 'eve' })],
  ])('finds no open door with this credential: %s', async (_which, given) => {
    const shown = given();
    for (const [place, doors] of [
      [master, doorsOfMaster],
      [agent, doorsOfAgent],
    ] as const)
      for (const [path, init] of doors) {
        const headers = { ...(init.headers as object), ...(shown && basic(shown)) };
        const answer = await fetch(`http://${place}${path}`, { ...init, headers });
        await answer.body?.cancel();
        expect([path, answer.status]).toStrictEqual([path, 401]);
      }
  });

  it('cannot have an agent of his own there', async () => {
    const other = join(cluster.folder, 'other');
    cpSync(join(cluster.directory, 'access'), join(other, 'access'), { recursive: true });
    const wrong = { principal: credential.principal, secret: 'y'.repeat(64) };
    writeFileSync(join(other, 'access', 'credential.json'), JSON.stringify(wrong));
    const before = await agents();
    const stranger = pilotWith(other);
    expect(await stranger.ended()).toMatchObject({ reason: 'agent-died', detail: '1' });
    expect(stranger.log).toContain('refused authentication');
    expect((await agents()).map(({ pid }) => pid)).toStrictEqual(before.map(({ pid }) => pid));
  });

  it('cannot pass for the master from another address', async () => {
    const from = `master@${master}`;
    expect(await sendMessage(from, agent, 'ShutdownMessage', '127.0.0.2')).toContain('400');
    expect(await sendMessage(from, agent, 'RunTaskMessage', '127.0.0.2')).toContain('400');
    expect(await agents()).toHaveLength(1);
  });

  it('sees no secret in command lines, nor do tasks in what they inherit', () => {
    const secrets = [
      credential.secret,
      readFileSync(join(cluster.directory, 'access', 'authorization'), 'latin1'),
    ];
    const pids = processesBelow(cluster.folder);
    expect(pids.length).toBeGreaterThan(1);
    const files = pids.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
    const own = cluster.directoryOf('gm-test-small-1');
    for (const entry of readdirSync(own, { withFileTypes: true }))
      if (entry.isFile()) files.push(join(own, entry.name));
    for (const file of files)
      for (const secret of secrets) expect(textOf(file), file).not.toContain(secret.trim());
  });
});

/** Of a process that has ended meanwhile, nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

describe('the credential of a cluster', () => {
  const httpGet = async (port: number, file: string) => {
    const script = `${basicsShell}\nanswer_seconds=10\nhttp_get 127.0.0.1 ${port} /metrics/snapshot ${file}`;
    const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    return text(child.stdout);
  };

  // Only root can be two users.
  it.runIf(geteuid?.() === 0)(
    'is told to no program of another user that has taken the port of an agent',
    async () => {
      const cluster = new PilotCluster();
      const file = join(cluster.folder, 'authorization');
      writeFileSync(file, 'Authorization: Basic abc\n');
      const echo = `require('net').createServer(s => s.pipe(s)).listen(0, '127.0.0.1', function () {
      console.log(this.address().port) })`;
      const stranger = spawn(execPath, ['-e', echo], {
        uid: 65_534,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const own = createServer((socket) => {
        let heard = '';
        socket.setEncoding('utf8').on('data', (more: string) => {
          heard += more;
          if (heard.endsWith('\r\n\r\n')) socket.end(heard);
        });
      });
      try {
        const [port] = (await once(stranger.stdout.setEncoding('utf8'), 'data')) as [string];
        await once(own.listen(0, '127.0.0.1'), 'listening');
        expect(await httpGet(Number(port), file)).toBe('');
        expect(await httpGet((own.address() as AddressInfo).port, file)).toContain(
          'Authorization: Basic abc\r\n',
        );
      } finally {
        own.close();
        stranger.kill();
        await cluster.destroy();
      }
    },
  );
});
