import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { ContainerID } from '../../src/gen/mesos.ts';
import { AgentClient, type ContainerOutputStream, containerExit } from '../../src/index.ts';
import { RunningTask } from '../../test-helpers/running-task.ts';

describe.skipIf(!requireRealMesos())('container sessions on a real agent', () => {
  let cluster: RealMesos;
  let task: RunningTask;
  let parent: ContainerID;
  let containers = 0;

  beforeAll(async () => {
    cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }] });
    task = await RunningTask.start(cluster, 'sessions', 'exec sleep 1000');
    parent = await task.containerId();
  });

  afterAll(async () => {
    await task?.close();
    await cluster?.stop();
  });

  const nextId = (): ContainerID => ({ value: `session-${++containers}`, parent });

  async function read(output: ContainerOutputStream) {
    const text = { STDOUT: '', STDERR: '' };
    for await (const { type, data } of output) text[type] += Buffer.from(data).toString();
    return text;
  }

  async function exitOf(agent: AgentClient, container_id: ContainerID) {
    const { exit_status = -1 } = await agent.call({
      type: 'WAIT_CONTAINER',
      wait_container: { container_id },
    });
    return containerExit(exit_status);
  }

  describe.each(['json', 'protobuf'] as const)('in %s', (contentType) => {
    it('give output, take input to its end, and tell the exit code', async () => {
      await using agent = new AgentClient({ agent: task.agent, contentType });
      const container_id = nextId();
      const output = await agent.launchNestedContainerSession({
        container_id,
        command: { value: 'echo problem >&2; wc -c; exit 3' },
      });
      const bytes = Array.from({ length: 50 }, () => Buffer.alloc(10_000, 'x'));
      const [text] = await Promise.all([read(output), agent.attachContainerInput(container_id, bytes)]);
      expect(text).toStrictEqual({ STDOUT: '500000\n', STDERR: 'problem\n' });
      expect(await exitOf(agent, container_id)).toStrictEqual({ exitCode: 3 });
    });

    it('have a terminal of a size, which ends with Ctrl-D', async () => {
      await using agent = new AgentClient({ agent: task.agent, contentType });
      const container_id = nextId();
      const output = await agent.launchNestedContainerSession({
        container_id,
        command: { shell: false, value: '/bin/sh', arguments: ['sh'] },
        container: { type: 'MESOS', tty_info: { window_size: { rows: 24, columns: 80 } } },
      });
      const { promise: seen, resolve: see } = Promise.withResolvers<void>();
      async function* keyboard() {
        yield { window_size: { rows: 30, columns: 100 } };
        yield Buffer.from('stty size; echo $((6*7))\n');
        await seen;
        yield Buffer.from([4]);
      }
      const attached = agent.attachContainerInput(container_id, keyboard(), { sendEndOfInput: false });
      let text = '';
      for await (const { data } of output) {
        text += Buffer.from(data).toString();
        if (text.includes('42\r\n')) see();
      }
      await attached;
      expect(text).toContain('30 100\r\n42\r\n');
      expect(await exitOf(agent, container_id)).toStrictEqual({ exitCode: 0 });
    });
  });

  it('can be attached to by any number, and die with the one that launched them', async () => {
    await using agent = new AgentClient({ agent: task.agent });
    const container_id = nextId();
    const output = await agent.launchNestedContainerSession({
      container_id,
      command: { value: 'read go; echo $go; exec sleep 1000' },
    });
    const listeners = [
      await agent.attachContainerOutput(container_id),
      await agent.attachContainerOutput(container_id),
    ];
    const first = listeners.map(async (listener) => {
      for await (const { data } of listener) return Buffer.from(data).toString();
      return undefined;
    });
    await agent.attachContainerInput(container_id, [Buffer.from('all\n')]);
    expect(await Promise.all(first)).toStrictEqual(['all\n', 'all\n']);
    await output.close();
    expect(await exitOf(agent, container_id)).toStrictEqual({ signal: 9, hasDumpedCore: false });
  });

  it('let one write at a time; the next may when that one has left', async () => {
    await using agent = new AgentClient({ agent: task.agent });
    const container_id = nextId();
    const output = await agent.launchNestedContainerSession({ container_id, command: { value: 'cat' } });
    const pieces = output[Symbol.asyncIterator]();
    const next = async () => Buffer.from((await pieces.next()).value?.data ?? []).toString();
    const stop = new AbortController();
    async function* openEnd() {
      yield Buffer.from('first\n');
      await new Promise(() => {});
    }
    const attached = agent.attachContainerInput(container_id, openEnd(), { signal: stop.signal });
    expect(await next()).toBe('first\n');
    const silent = new ReadableStream<Uint8Array>();
    await expect(agent.attachContainerInput(container_id, silent)).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 409,
      answer: 'Multiple input connections are not allowed',
    });
    stop.abort();
    await expect(attached).rejects.toMatchObject({ code: 'ABORTED' });
    await agent.attachContainerInput(container_id, [Buffer.from('second\n')]);
    expect(await next()).toBe('second\n');
    expect((await pieces.next()).done).toBe(true);
  });

  it('are refused with what is wrong', async () => {
    await using agent = new AgentClient({ agent: task.agent });
    await expect(agent.attachContainerOutput(parent)).rejects.toMatchObject({
      status: 500,
      answer: 'I/O switchboard server was disabled for this container',
    });
    await expect(agent.attachContainerOutput({ value: 'nope' })).rejects.toMatchObject({
      status: 404,
      answer: 'Container nope cannot be found',
    });
    async function* openEnd() {
      yield Buffer.from('x');
      await new Promise(() => {});
    }
    await expect(agent.attachContainerInput({ value: 'nope', parent }, openEnd())).rejects.toMatchObject({
      status: 500,
      answer: `Unknown container ${parent.value}.nope`,
    });
    const orphan = { value: 'c', parent: { value: 'nope' } };
    await expect(
      agent.launchNestedContainerSession({ container_id: orphan, command: { value: 'true' } }),
    ).rejects.toMatchObject({ status: 400, answer: 'Parent container nope does not exist' });
  });

  it('are one way to run containers; these are the others', async () => {
    await using agent = new AgentClient({ agent: task.agent });
    const nested = nextId();
    const launch = {
      type: 'LAUNCH_CONTAINER',
      launch_container: { container_id: nested, command: { value: 'exec sleep 1000' } },
    } as const;
    expect(await agent.call(launch)).toBeUndefined();
    // 202: it runs already.
    expect(await agent.call(launch)).toBeUndefined();
    const all = {
      type: 'GET_CONTAINERS',
      get_containers: { show_nested: true, show_standalone: true },
    } as const;
    const { containers: shown = [] } = await agent.call(all);
    expect(shown.map(({ container_id }) => container_id.value)).toContain(nested.value);
    const remove = { type: 'REMOVE_CONTAINER', remove_container: { container_id: nested } } as const;
    await expect(agent.call(remove)).rejects.toMatchObject({
      status: 500,
      answer: 'Nested container has not terminated yet',
    });
    await agent.call({ type: 'KILL_CONTAINER', kill_container: { container_id: nested, signal: 9 } });
    expect(await exitOf(agent, nested)).toStrictEqual({ signal: 9, hasDumpedCore: false });
    await agent.call(remove);
    await expect(exitOf(agent, nested)).rejects.toMatchObject({
      status: 404,
      answer: `Container ${parent.value}.${nested.value} cannot be found`,
    });
  });
});
