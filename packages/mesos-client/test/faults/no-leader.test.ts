import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import { useClosing } from '../../test-helpers/closing.ts';

const { closing, scheduler, subscribed } = useClosing();
const listen = async () => closing(await ScriptedMaster.listen());

describe('while no master leads', () => {
  it('a session waits, ever longer between tries, and comes in once one does', async () => {
    const master = await listen();
    const test = await subscribed(master.url);
    master.recover();
    (await master.nextSubscription()).breakOff();
    await test.next('DISCONNECTED');
    const pauses: number[] = [];
    while (pauses.length < 4) pauses.push((await test.next('RETRYING')).milliseconds);
    expect(pauses[3]).toBeGreaterThan(2 * (pauses[0] ?? 0));
    expect(test.session.isConnected).toBe(false);
    master.lead();
    await test.next('SUBSCRIBED');
  });

  it('asks no more often than the back-off says', async () => {
    const master = await listen();
    master.loseLeader();
    const test = scheduler(master.url, { connectTimeout: 1500 });
    await expect(test.start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining('No leader elected'),
    });
    // 50 to 100 ms, 100 to 200, 200 to 400, 400 to 800: at most five tries before 1.5 s, and one under way.
    expect(master.exchanges.length).toBeLessThanOrEqual(6);
  });

  it('a session follows the leader that comes, wherever it is', async () => {
    const [first, second] = [await listen(), await listen()];
    second.follow(first);
    const test = await subscribed(`${first.url},${second.url}`);
    const id = test.session.frameworkId;
    first.crash();
    second.loseLeader();
    await test.next('DISCONNECTED');
    await test.next('RETRYING');
    second.lead();
    await test.next('SUBSCRIBED');
    expect(test.session.masterUrl).toBe(second.url);
    expect(test.session.frameworkId).toBe(id);
    await first.comeBack();
    first.follow(second);
    await test.session.send({ type: 'REVIVE' });
    expect((await second.nextCall('REVIVE')).framework_id?.value).toBe(id);
  });

  it('a redirect to a name that does not resolve is told, and tried again', async () => {
    const master = await listen();
    master.onNext('SUBSCRIBE').redirect('//no-such-host.invalid:5050/master/api/v1/scheduler');
    const test = await subscribed(master.url);
    const { reason } = await test.next('RETRYING');
    expect(reason.message).toMatch(/no-such-host\.invalid.*(no such host|cannot be resolved)/);
  });

  it('a master that redirects to the one that has died is asked until it does not', async () => {
    const [dead, standby] = [await listen(), await listen()];
    standby.follow(dead);
    dead.crash();
    const test = scheduler(standby.url);
    const started = test.start();
    await test.next('RETRYING');
    standby.lead();
    await started;
    expect(test.session.masterUrl).toBe(standby.url);
  });

  it('the search can be given up', async () => {
    const master = await listen();
    master.loseLeader();
    const abort = new AbortController();
    const test = scheduler(master.url);
    const started = expect(test.start(abort.signal)).rejects.toMatchObject({ code: 'ABORTED' });
    await test.next('RETRYING');
    abort.abort();
    await started;
    await expect.poll(() => master.connections).toBe(0);
    const asked = master.exchanges.length;
    await sleep(300);
    expect(master.exchanges.length).toBe(asked);
  });
});
