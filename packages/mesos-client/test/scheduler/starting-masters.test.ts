import { describe, expect, it } from 'vitest';
import { requireRealMesos, startMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { framework, type TestScheduler } from '../../test-helpers/framework.ts';
import { useCluster } from './real-cluster.ts';

/** Until an attempt to subscribe is answered like this. */
async function retrying(test: TestScheduler, expected: object): Promise<void> {
  const matching = expect.objectContaining(expected);
  await test.next('RETRYING', ({ reason }) => matching.asymmetricMatch(reason));
}

const notThere = { code: 'MASTER_NOT_READY', status: 404, callType: 'SUBSCRIBE', answer: '404 Not Found.' };

describe.skipIf(!requireRealMesos())('a real master that is started again', () => {
  const { cluster, scheduler, subscribed } = useCluster({ agents: [] });

  it('is asked until it has an API: it answers 404 until then', async () => {
    const [master] = cluster().masters;
    await master?.restartHeld();
    const test = scheduler();
    const started = test.start();
    await retrying(test, notThere);
    expect(test.session.isConnected).toBe(false);
    await master?.release();
    await started;
    await test.session.send({ type: 'TEARDOWN' });
  });

  it('is subscribed at with the same id as before', async () => {
    const [master] = cluster().masters;
    const test = await subscribed({ framework });
    const { frameworkId } = test.session;
    await master?.restartHeld();
    expect((await test.next('DISCONNECTED')).reason.code).toBe('CONNECTION_LOST');
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await retrying(test, notThere);
    await master?.release();
    expect((await test.next('SUBSCRIBED')).subscribed.framework_id.value).toBe(frameworkId);
    await test.session.send({ type: 'TEARDOWN' });
  });
});

describe.skipIf(!requireRealMesos())('a search for a master', () => {
  const { closing, scheduler } = useClosing();
  const starting = async (options: Parameters<typeof startMesos>[0]) => {
    const cluster = await startMesos(options);
    closing({ close: () => cluster.stop() });
    return cluster;
  };

  it.each([
    ['No leader elected', { zookeeper: 'zk://127.0.0.1:1/mesos' }],
    ['Master has not finished recovery', { masterFlags: { quorum: '2' } }],
  ])('ends with the words of the one that answers 503 %s', async (answer, options) => {
    const { url } = await starting({ agents: [], awaitLeader: false, ...options });
    const test = scheduler(url, { connectTimeout: 1000 });
    const started = test.start();
    const isRefused = expect(started).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      setting: 'master',
      message: expect.stringContaining(`${url} (${url} answered SUBSCRIBE with 503 ${answer})`),
    });
    await retrying(test, { code: 'MASTER_NOT_READY', status: 503, answer });
    await isRefused;
  });

  it('names every address and why, if none can be reached', async () => {
    const test = scheduler('127.0.0.1:1,127.0.0.1:2', { connectTimeout: 300 });
    await expect(test.start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:1 .*refused.*http:\/\/127\.0\.0\.1:2 .*refused/),
    });
  });
});
