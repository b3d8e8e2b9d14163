import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { MasterClient } from '../../src/index.ts';
import { formats, momentary, roleOf, smallResources, useCluster } from './real-cluster.ts';

describe.skipIf(!requireRealMesos()).each(formats)('offers of a real master, in %s', (contentType) => {
  const { cluster, closing, subscribed } = useCluster({
    agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }],
  });

  it('name the agent and the role, and come again with another id once declined', async () => {
    const test = await subscribed({ contentType });
    const offer = await test.offer();
    expect(roleOf(offer)).toBe('*');
    expect(offer.framework_id.value).toBe(test.session.frameworkId);
    expect(offer.resources).toContainEqual(
      expect.objectContaining({ name: 'cpus', type: 'SCALAR', scalar: { value: 2 } }),
    );
    await test.session.send({
      type: 'DECLINE',
      decline: { offer_ids: [offer.id, { value: 'no-such-offer' }], filters: { refuse_seconds: 0 } },
    });
    const next = await test.offer();
    expect(next.agent_id).toStrictEqual(offer.agent_id);
    expect(next.id.value).not.toBe(offer.id.value);
  });

  it('count as declined where they are accepted for nothing', async () => {
    const test = await subscribed({ contentType });
    const { id } = await test.offer();
    const accept = { offer_ids: [id], operations: [], filters: { refuse_seconds: 0 } };
    await test.session.send({ type: 'ACCEPT', accept });
    expect((await test.offer()).id.value).not.toBe(id.value);
    await test.session.send({ type: 'ACCEPT', accept: { offer_ids: [] } });
  });

  it('that were declined for an hour come at once after REVIVE', async () => {
    const test = await subscribed({ contentType });
    const { id } = await test.offer();
    await test.session.send({
      type: 'DECLINE',
      decline: { offer_ids: [id], filters: { refuse_seconds: 3600 } },
    });
    await test.session.send({ type: 'REVIVE' });
    expect((await test.offer()).id.value).not.toBe(id.value);
  });

  it('go to the roles that SUPPRESS and REVIVE leave', async () => {
    const test = await subscribed({
      contentType,
      framework: { ...momentary, roles: ['one', 'two'] },
      subscribe: { suppressed_roles: ['one'] },
    });
    const first = await test.offer();
    expect(roleOf(first)).toBe('two');
    await test.session.send({ type: 'SUPPRESS', suppress: { roles: ['two'] } });
    await test.session.send({
      type: 'DECLINE',
      decline: { offer_ids: [first.id], filters: { refuse_seconds: 0 } },
    });
    await test.session.send({ type: 'REVIVE', revive: { roles: ['one'] } });
    expect(roleOf(await test.offer())).toBe('one');
  });

  it('go to others while all roles are suppressed', async () => {
    const test = await subscribed({ contentType });
    const { id } = await test.offer();
    await test.session.send({ type: 'SUPPRESS' });
    await test.session.send({
      type: 'DECLINE',
      decline: { offer_ids: [id], filters: { refuse_seconds: 0 } },
    });
    const other = await subscribed({ contentType });
    await other.offer();
    await other.session.close();
    await test.session.send({ type: 'REVIVE' });
    expect((await test.offer()).framework_id.value).toBe(test.session.frameworkId);
  });

  it('are not hastened by REQUEST, which the master takes and ignores', async () => {
    const test = await subscribed({ contentType });
    const { id, agent_id } = await test.offer();
    await test.session.send({
      type: 'REQUEST',
      request: { requests: [{ agent_id, resources: smallResources }] },
    });
    // The offer is still ours.
    await test.session.send({
      type: 'DECLINE',
      decline: { offer_ids: [id], filters: { refuse_seconds: 0 } },
    });
    expect((await test.offer()).agent_id).toStrictEqual(agent_id);
  });

  it('are rescinded when an operator takes the agent away; accepted nevertheless, the task is dropped', async () => {
    const test = await subscribed({ contentType });
    const master = closing(new MasterClient({ master: cluster().url, contentType }));
    const { id, agent_id } = await test.offer();
    await master.call({ type: 'DEACTIVATE_AGENT', deactivate_agent: { agent_id } });
    expect((await test.next('RESCIND')).rescind.offer_id).toStrictEqual(id);
    const task_id = { value: 'late' };
    const task = { name: 'late', task_id, agent_id, resources: smallResources, command: { value: 'true' } };
    await test.session.send({
      type: 'ACCEPT',
      accept: { offer_ids: [id], operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }] },
    });
    const status = await test.update('late');
    expect(status).toMatchObject({
      state: 'TASK_DROPPED',
      source: 'SOURCE_MASTER',
      reason: 'REASON_INVALID_OFFERS',
      message: `Task launched with invalid offers: Offer ${id.value} is no longer valid`,
    });
    expect(status.uuid).toBeUndefined();
    await master.call({ type: 'REACTIVATE_AGENT', reactivate_agent: { agent_id } });
    expect((await test.offer()).agent_id).toStrictEqual(agent_id);
  });
});
