import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { MasterClient } from '../../src/index.ts';
import { framework, TestScheduler } from '../../test-helpers/framework.ts';
import { expectNoMoreHandles, handles } from './handles.ts';
import { formats, momentary, useCluster } from './real-cluster.ts';

describe.skipIf(!requireRealMesos()).each(formats)(
  'a session with a real master, in %s, leaves no socket and no timer',
  (contentType) => {
    const { cluster } = useCluster({ agents: [{ resources: 'cpus:2;mem:1024' }] });
    /** Each three times, so that one left each time is told from one of the test runner. */
    const leavesNothing = (when: string, run: () => Promise<void>) =>
      it(when, async () => {
        const before = handles();
        for (let round = 0; round < 3; round++) await run();
        await expectNoMoreHandles(before);
      });

    const create = (more: Partial<ConstructorParameters<typeof TestScheduler>[0]> = {}) =>
      new TestScheduler({ master: cluster().url, contentType, framework: momentary, ...more });

    async function started(): Promise<TestScheduler> {
      const test = create();
      await test.start();
      return test;
    }

    leavesNothing('once it is closed', async () => {
      const test = await started();
      await test.session.send({ type: 'SUPPRESS' });
      await test.session.close();
    });

    leavesNothing('once it has torn its framework down', async () => {
      const test = await started();
      await test.session.send({ type: 'TEARDOWN' });
    });

    leavesNothing('once another one has taken over', async () => {
      const test = await started();
      const id = { value: test.session.frameworkId ?? '' };
      await using other = create({ framework: { ...momentary, id } }).session;
      await other.start(() => undefined);
      expect((await test.failure()).code).toBe('FRAMEWORK_FAILED_OVER');
    });

    leavesNothing('once its framework was removed by an operator', async () => {
      const test = await started();
      await using master = new MasterClient({ master: cluster().url, contentType });
      const framework_id = { value: test.session.frameworkId ?? '' };
      await master.call({ type: 'TEARDOWN', teardown: { framework_id } });
      expect((await test.failure()).code).toBe('FRAMEWORK_REMOVED');
    });

    leavesNothing('once it was refused', async () => {
      const refused = create({ framework: { ...framework, roles: ['a b'] } });
      await expect(refused.start()).rejects.toMatchObject({ code: 'SUBSCRIPTION_REFUSED' });
    });

    leavesNothing('once it was aborted, while it was starting or afterwards', async () => {
      const controller = new AbortController();
      const starting = create().start(controller.signal);
      controller.abort();
      await expect(starting).rejects.toMatchObject({ code: 'ABORTED' });
      const later = new AbortController();
      const test = create();
      await test.start(later.signal);
      later.abort();
      await test.session.close();
    });

    leavesNothing('once it has found no master', async () => {
      const lost = create({ master: '127.0.0.1:1', connectTimeout: 200 });
      await expect(lost.start()).rejects.toMatchObject({ code: 'MASTER_UNREACHABLE' });
    });
  },
);
