import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { OfferConstraints } from '../../src/gen/scheduler.ts';
import { MasterClient } from '../../src/index.ts';
import { framework, type TestScheduler } from '../../test-helpers/framework.ts';
import { formats, momentary, patient, roleOf, useCluster } from './real-cluster.ts';

const resources = 'cpus:2;mem:1024;disk:1024';

/** Offers to role `*` come from racks of this name only. */
function rackConstraint(rack: string): OfferConstraints {
  const selector = { attribute_name: 'rack' };
  const attribute_constraints = [{ selector, predicate: { text_equals: { value: rack } } }];
  return { role_constraints: { '*': { groups: [{ attribute_constraints }] } } };
}

/** The rack of the agent that the next offer is of. */
async function rackOffered(test: TestScheduler): Promise<string | undefined> {
  const { attributes = [] } = await test.offer();
  return attributes.find(({ name }) => name === 'rack')?.text?.value;
}

describe.skipIf(!requireRealMesos())('a session with a real master', () => {
  const { cluster, closing, scheduler, subscribed } = useCluster({
    agents: [
      { resources, attributes: 'rack:a' },
      { resources, attributes: 'rack:b' },
    ],
  });

  describe.each(formats)('in %s', (contentType) => {
    const frameworkNamed = async (id: string | undefined) => {
      const master = closing(new MasterClient({ master: cluster().url, contentType }));
      const answer = await master.call({ type: 'GET_FRAMEWORKS' });
      const isIt = (one: {
        readonly framework_info: { readonly id?: { readonly value: string } | undefined };
      }) => one.framework_info.id?.value === id;
      return {
        registered: answer.frameworks?.find(isIt),
        completed: answer.completed_frameworks?.find(isIt),
      };
    };

    it('is told its framework id, its master, and how often to expect a heartbeat', async () => {
      const test = scheduler({ contentType });
      await test.start();
      const { subscribed: told } = await test.next('SUBSCRIBED');
      const port = Number(new URL(cluster().url).port);
      expect(told).toMatchObject({
        framework_id: { value: expect.stringMatching(/^[-0-9a-f]{36}-\d{4}$/) },
        heartbeat_interval_seconds: 15,
        master_info: { version: '1.11.0', port, address: { ip: '127.0.0.1', port } },
      });
      await test.next('HEARTBEAT');
      const { session } = test;
      expect(session).toMatchObject({
        frameworkId: told.framework_id.value,
        master: told.master_info,
        masterUrl: cluster().url,
        isConnected: true,
      });
      expect(await frameworkNamed(session.frameworkId)).toMatchObject({
        registered: {
          active: true,
          connected: true,
          framework_info: momentary,
        },
      });
    });

    it('gets offers of agents that satisfy its constraints, old and new ones', async () => {
      const test = await subscribed({ contentType, subscribe: { offer_constraints: rackConstraint('b') } });
      expect(await rackOffered(test)).toBe('b');
      const { registered } = await frameworkNamed(test.session.frameworkId);
      expect(registered?.offer_constraints).toStrictEqual(rackConstraint('b'));
      await test.session.send({
        type: 'UPDATE_FRAMEWORK',
        update_framework: { framework_info: momentary, offer_constraints: rackConstraint('a') },
      });
      expect(await rackOffered(test)).toBe('a');
    });

    it('changes its name and its roles', async () => {
      const test = await subscribed({ contentType, framework: { ...momentary, roles: ['before'] } });
      const offer = await test.offer();
      expect(roleOf(offer)).toBe('before');
      const framework_info = { ...momentary, name: 'renamed', roles: ['before', 'after'] };
      await test.session.send({
        type: 'UPDATE_FRAMEWORK',
        update_framework: { framework_info, suppressed_roles: ['before'] },
      });
      const { registered } = await frameworkNamed(test.session.frameworkId);
      expect(registered?.framework_info).toMatchObject({ name: 'renamed', roles: ['before', 'after'] });
      await test.session.send({
        type: 'DECLINE',
        decline: { offer_ids: [offer.id], filters: { refuse_seconds: 0 } },
      });
      // What was offered before may be on its way still.
      await test.next(
        'OFFERS',
        ({ offers }) => offers.offers?.some((one) => roleOf(one) === 'after') ?? false,
      );
    });

    it.each([
      [
        { user: 'nobody' },
        "FrameworkInfo update is not valid: Updating 'FrameworkInfo.user' is unsupported; attempted to update from 'root' to 'nobody'",
      ],
      [
        { checkpoint: false },
        "FrameworkInfo update is not valid: Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from 'true' to 'false'",
      ],
      [
        { roles: ['a b'] },
        "Supplied FrameworkInfo is not valid: 'FrameworkInfo.roles' contains invalid role: Role component 'a b' is invalid because it contains backspace or whitespace",
      ],
    ])('is refused what cannot be changed: %o', async (change, answer) => {
      const test = await subscribed({ contentType });
      await expect(
        test.session.send({
          type: 'UPDATE_FRAMEWORK',
          update_framework: { framework_info: { ...momentary, ...change } },
        }),
      ).rejects.toMatchObject({
        code: 'CALL_REFUSED',
        status: 400,
        callType: 'UPDATE_FRAMEWORK',
        answer,
      });
      expect(test.session.isConnected).toBe(true);
      expect((await frameworkNamed(test.session.frameworkId)).registered).toMatchObject({ active: true });
    });

    it('tears its framework down, tasks and all, and is closed then', async () => {
      const test = await subscribed({ contentType, framework });
      await test.launch('torn', 'sleep 1000');
      await test.updateTo('torn', 'TASK_RUNNING');
      const { frameworkId } = test.session;
      await test.session.send({ type: 'TEARDOWN' });
      const { registered, completed } = await frameworkNamed(frameworkId);
      expect(registered).toBeUndefined();
      expect(completed).toMatchObject({ active: false, connected: false });
      await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    });

    it('closed without, leaves its framework and tasks to the next one with its id', async () => {
      const test = await subscribed({ contentType, framework });
      const { agent_id } = await test.launch('left', 'sleep 1000');
      await test.updateTo('left', 'TASK_RUNNING');
      const id = { value: test.session.frameworkId ?? '' };
      await test.session.close();
      await expect
        .poll(() => frameworkNamed(id.value), patient)
        .toMatchObject({ registered: { active: false, connected: false } });
      const next = await subscribed({ contentType, framework: { ...framework, id } });
      expect(next.session.frameworkId).toBe(id.value);
      const tasks = [{ task_id: { value: 'left' }, agent_id }];
      await next.session.send({ type: 'RECONCILE', reconcile: { tasks } });
      expect((await next.update('left')).state).toBe('TASK_RUNNING');
      await next.session.send({ type: 'TEARDOWN' });
    });
  });

  it('is closed by its signal', async () => {
    const controller = new AbortController();
    const test = scheduler();
    await test.start(controller.signal);
    controller.abort();
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(scheduler().start(controller.signal)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
