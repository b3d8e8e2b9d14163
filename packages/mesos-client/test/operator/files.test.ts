import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { AgentClient, MasterClient } from '../../src/index.ts';
import { RunningTask } from '../../test-helpers/running-task.ts';

const writesFiles = 'printf "Größe: 12345"; seq 1 40000 > big; exec sleep 1000';
const big = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `${index + 1}\n`).join(''));

describe.skipIf(!requireRealMesos())('files on a real Mesos', () => {
  let cluster: RealMesos;
  let task: RunningTask;
  let agent: AgentClient;

  beforeAll(async () => {
    cluster = await startMesos({
      agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }],
      separateProcesses: true,
    });
    task = await RunningTask.start(cluster, 'files', writesFiles);
    agent = new AgentClient({ agent: task.agent, patience: 30_000 });
    while ((await agent.readFile(`${task.sandbox}/big`, { length: 0 })).size < big.length) await sleep(20);
  });

  afterAll(async () => {
    await agent?.close();
    await task?.close();
    await cluster?.stop();
  });

  /** Runs a command in the sandbox of the task. */
  async function inSandbox(script: string): Promise<void> {
    const parent = await task.containerId();
    const container_id = { value: `do-${Date.now()}-${Math.random().toString(36).slice(2)}`, parent };
    const command = { value: script };
    const output = await agent.launchNestedContainerSession({ container_id, command });
    for await (const { data } of output) throw new Error(Buffer.from(data).toString());
  }

  it.each(['json', 'protobuf'] as const)('are listed and read, in %s', async (contentType) => {
    await using client = new AgentClient({ agent: task.agent, contentType });
    const files = await client.listFiles(task.sandbox);
    const stdout = files.find(({ path }) => path === `${task.sandbox}/stdout`);
    expect(stdout).toMatchObject({ size: 14n, uid: 'root' });
    const { data, size } = await client.readFile(`${task.sandbox}/stdout`, { offset: 9 });
    expect(size).toBe(14);
    expect(Buffer.from(data).toString()).toBe('12345');
    const page = await client.readFile(`${task.sandbox}/big`);
    expect(page.data.length).toBe(65_536);
    expect(page.size).toBe(big.length);
    expect(await client.readFile(`${task.sandbox}/big`, { offset: 1_000_000 })).toStrictEqual({
      data: expect.objectContaining({ length: 0 }),
      size: big.length,
    });
  });

  it('are read whole in pages, and downloaded in one go', async () => {
    expect((await agent.readWholeFile(`${task.sandbox}/big`)).equals(big)).toBe(true);
    const pieces: Uint8Array[] = [];
    for await (const piece of agent.downloadFile(`${task.sandbox}/big`)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(big)).toBe(true);
  });

  it('that are not there are named', async () => {
    const path = `${task.sandbox}/nothing`;
    const missing = {
      code: 'CALL_REFUSED',
      status: 404,
      message: expect.stringContaining(`there is no ${path}`),
    };
    await expect(agent.readFile(path)).rejects.toMatchObject(missing);
    await expect(agent.listFiles(path)).rejects.toMatchObject(missing);
    await expect(agent.tailFile(path).next()).rejects.toMatchObject(missing);
    await expect(agent.downloadFile(path).next()).rejects.toMatchObject(missing);
    await using master = new MasterClient({ master: cluster.url });
    await expect(master.readFile('/master/log')).rejects.toMatchObject({ status: 404 });
    await expect(master.downloadFile('/master/log').next()).rejects.toMatchObject({ status: 404 });
  });

  it('are followed while they grow, are cut and replaced, and over a restart of the agent', async () => {
    await inSandbox('echo one > log');
    const tail = agent.tailFile(`${task.sandbox}/log`, { pollMilliseconds: 20 });
    const piece = async () => Buffer.from((await tail.next()).value ?? []).toString();
    expect(await piece()).toBe('one\n');
    await inSandbox('echo two >> log');
    expect(await piece()).toBe('two\n');
    await inSandbox('echo 3 > log');
    expect(await piece()).toBe('3\n');
    await cluster.agents[0]?.kill();
    const afterwards = piece();
    await cluster.agents[0]?.restart();
    await inSandbox('echo more >> log');
    expect(await afterwards).toBe('more\n');
    await tail.return();
  });
});
