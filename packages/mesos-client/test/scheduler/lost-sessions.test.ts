import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { MasterClient } from '../../src/index.ts';
import { framework } from '../../test-helpers/framework.ts';
import { formats, momentary, patient, useCluster } from './real-cluster.ts';
import { startStreamProxy } from './stream-proxy.ts';

describe.skipIf(!requireRealMesos()).each(formats)(
  'a session that a real master ended, in %s',
  (contentType) => {
    const { cluster, closing, scheduler, subscribed } = useCluster({ agents: [] });

    const operator = () => closing(new MasterClient({ master: cluster().url, contentType }));

    /** A scheduler that is told nothing of the end of its session until the proxy lets it. */
    async function behindProxy(framework_info = framework) {
      const proxy = closing(await startStreamProxy(cluster().url));
      const test = await subscribed({ contentType, master: proxy.url, framework: framework_info });
      proxy.hold();
      return { proxy, test, id: { value: test.session.frameworkId ?? '' } };
    }

    it('by another one with its id stops: its calls are refused, and it does not take the id back', async () => {
      const { proxy, test, id } = await behindProxy();
      const other = await subscribed({ contentType, framework: { ...framework, id } });
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
        code: 'SESSION_LOST',
        status: 400,
        callType: 'REVIVE',
        answer: expect.stringMatching(
          /^The stream ID '[-0-9a-f]{36}' included in this request didn't match the stream ID currently associated with framework ID /,
        ),
      });
      proxy.release();
      expect(await test.failure()).toMatchObject({
        code: 'FRAMEWORK_FAILED_OVER',
        answer: 'Framework failed over',
      });
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
        code: 'FRAMEWORK_FAILED_OVER',
      });
      expect(test.session.frameworkId).toBe(id.value);
      expect(other.session).toMatchObject({ frameworkId: id.value, isConnected: true });
      await other.session.send({ type: 'TEARDOWN' });
    });

    it('by an operator is over for good, and keeps its id', async () => {
      const { proxy, test, id } = await behindProxy();
      await operator().call({ type: 'TEARDOWN', teardown: { framework_id: id } });
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
        code: 'SESSION_LOST',
        status: 400,
        answer: 'Framework cannot be found',
      });
      proxy.release();
      expect(await test.failure()).toMatchObject({
        code: 'FRAMEWORK_REMOVED',
        setting: 'framework.id',
        answer: 'Framework has been removed',
      });
      expect(test.session.frameworkId).toBe(id.value);
    });

    it('since it takes its stream for closed subscribes again, as what it has become since', async () => {
      const { proxy, test, id } = await behindProxy();
      const registered = async () => {
        const { frameworks = [] } = await operator().call({ type: 'GET_FRAMEWORKS' });
        return frameworks.find(({ framework_info }) => framework_info.id?.value === id.value);
      };
      const framework_info = { ...framework, name: 'renamed' };
      await test.session.send({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info } });
      proxy.hangUp();
      await expect.poll(registered, patient).toMatchObject({ connected: false });
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({
        code: 'SESSION_LOST',
        status: 403,
        answer: 'Framework is not subscribed',
      });
      expect((await test.next('DISCONNECTED')).reason).toMatchObject({ code: 'SESSION_LOST', status: 403 });
      expect((await test.next('SUBSCRIBED')).subscribed.framework_id).toStrictEqual(id);
      expect(await registered()).toMatchObject({ connected: true, framework_info: { name: 'renamed' } });
      await test.session.send({ type: 'TEARDOWN' });
    });

    it('whose framework was removed meanwhile is refused: torn down, or its failover_timeout over', async () => {
      const torn = await subscribed({ contentType, framework });
      await torn.session.send({ type: 'TEARDOWN' });
      const timedOut = await subscribed({ contentType });
      await timedOut.session.close();
      for (const { session } of [torn, timedOut]) {
        const id = { value: session.frameworkId ?? '' };
        const isCompleted = async () => {
          const { completed_frameworks = [] } = await operator().call({ type: 'GET_FRAMEWORKS' });
          return completed_frameworks.some(({ framework_info }) => framework_info.id?.value === id.value);
        };
        await expect.poll(isCompleted, patient).toBe(true);
        const again = scheduler({ contentType, framework: { ...momentary, id } });
        await expect(again.start()).rejects.toMatchObject({
          code: 'FRAMEWORK_REMOVED',
          setting: 'framework.id',
          answer: 'Framework has been removed',
        });
        expect(again.session.frameworkId).toBe(id.value);
      }
    });
  },
);
