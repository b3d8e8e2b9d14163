import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import { useClosing } from '../../test-helpers/closing.ts';
import { framework } from '../../test-helpers/framework.ts';

const { closing, subscribed } = useClosing();

describe('two schedulers with one framework id', () => {
  it('leave the later one at work: the other stops and sends nothing more', async () => {
    const master = closing(await ScriptedMaster.listen());
    const first = await subscribed(master.url);
    const id = { value: first.session.frameworkId ?? '' };
    const second = await subscribed(master.url, { framework: { ...framework, id } });
    expect(await first.failure()).toMatchObject({ code: 'FRAMEWORK_FAILED_OVER' });
    await expect(first.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
      code: 'FRAMEWORK_FAILED_OVER',
    });
    await second.session.send({ type: 'SUPPRESS' });
    expect(master.exchanges.map(({ call }) => call.type)).toStrictEqual([
      'SUBSCRIBE',
      'SUBSCRIBE',
      'SUPPRESS',
    ]);
    expect(first.session.frameworkId).toBe(id.value);
  });
});

/** A scheduler in a process of its own, which accepts offer-1 when told to, and tells what became of it. */
async function schedulerProcess(master: string) {
  const program = fileURLToPath(new URL('../../test-helpers/accepting-scheduler.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@galaxy-mesos/source', program, master], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => JSON.parse((await lines.next()).value ?? 'null');
  const end = async () => {
    const exit = child.exitCode ?? child.signalCode ?? once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  closing({ close: end });
  return { child, line, accept: () => child.stdin.write('accept\n') };
}

describe('a scheduler that was frozen', () => {
  it('launches nothing on its old offers: the stream id of its subscription is stale', async () => {
    const master = closing(await ScriptedMaster.listen());
    const frozen = await schedulerProcess(master.url);
    const { frameworkId } = await frozen.line();
    frozen.child.kill('SIGSTOP');
    const other = await subscribed(master.url, { framework: { ...framework, id: { value: frameworkId } } });
    frozen.accept();
    frozen.child.kill('SIGCONT');
    // Whether it reads its instruction or the word of the takeover first is up to the system.
    expect(['FRAMEWORK_FAILED_OVER', 'SESSION_LOST']).toContain((await frozen.line()).accept);
    expect((await frozen.line()).failed).toBe('FRAMEWORK_FAILED_OVER');
    expect(master.calls.map(({ type }) => type)).toStrictEqual(['SUBSCRIBE', 'SUBSCRIBE']);
    expect(other.session.isConnected).toBe(true);
  });

  it('for longer than a master may be silent reads first what came meanwhile, and takes nothing back', async () => {
    // Allows 0.25 s of silence.
    const master = closing(await ScriptedMaster.listen({ heartbeatSeconds: 0.05 }));
    const frozen = await schedulerProcess(master.url);
    const { frameworkId } = await frozen.line();
    frozen.child.kill('SIGSTOP');
    const other = await subscribed(master.url, { framework: { ...framework, id: { value: frameworkId } } });
    await sleep(1000);
    frozen.child.kill('SIGCONT');
    expect((await frozen.line()).failed).toBe('FRAMEWORK_FAILED_OVER');
    expect(master.calls.map(({ type }) => type)).toStrictEqual(['SUBSCRIBE', 'SUBSCRIBE']);
    expect(other.session.isConnected).toBe(true);
  });

  it('subscribes again where the master has dropped it meanwhile', async () => {
    const master = closing(await ScriptedMaster.listen());
    const frozen = await schedulerProcess(master.url);
    await frozen.line();
    frozen.child.kill('SIGSTOP');
    const stream = await master.nextSubscription();
    stream.breakOff();
    await stream.closed;
    frozen.accept();
    frozen.child.kill('SIGCONT');
    await frozen.line();
    await master.nextSubscription();
    const onOldSubscription = master.exchanges.filter(
      ({ call, streamId, status }) =>
        call.type === 'ACCEPT' && streamId === stream.streamId && status === 202,
    );
    expect(onOldSubscription).toStrictEqual([]);
    expect(master.calls.filter(({ type }) => type === 'SUBSCRIBE')).toHaveLength(2);
  });
});
