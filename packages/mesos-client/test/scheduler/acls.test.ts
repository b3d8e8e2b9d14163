import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { formats, momentary, scalar, useCluster } from './real-cluster.ts';

const nobody = { type: 'NONE' };

describe.skipIf(!requireRealMesos()).each(formats)('a real master with ACLs, in %s', (contentType) => {
  const { scheduler, subscribed } = useCluster({
    agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }],
    acls: {
      register_frameworks: [{ principals: nobody, roles: { values: ['forbidden'] } }],
      run_tasks: [{ principals: nobody, users: { values: ['nobody'] } }],
      reserve_resources: [{ principals: nobody, roles: { values: ['*', 'open'] } }],
    },
  });

  it('refuses a framework with a role that it may not have', async () => {
    const test = scheduler({ contentType, framework: { ...momentary, roles: ['open', 'forbidden'] } });
    await expect(test.start()).rejects.toMatchObject({
      code: 'SUBSCRIPTION_REFUSED',
      callType: 'SUBSCRIBE',
      setting: 'framework.roles',
      answer: 'Not authorized to register framework  with roles { forbidden, open }',
    });
  });

  it('refuses to add such a role', async () => {
    const test = await subscribed({ contentType, framework: { ...momentary, roles: ['open'] } });
    const framework_info = { ...momentary, roles: ['open', 'forbidden'] };
    await expect(
      test.session.send({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info } }),
    ).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 403,
      callType: 'UPDATE_FRAMEWORK',
      answer: `Not authorized to register framework ${test.session.frameworkId} with roles { forbidden, open }`,
    });
    expect(test.session.isConnected).toBe(true);
  });

  it('refuses a task of a user that it may not run as', async () => {
    const test = await subscribed({ contentType });
    await test.launch('as-nobody', '', { command: { value: 'true', user: 'nobody' } });
    expect(await test.update('as-nobody')).toMatchObject({
      state: 'TASK_ERROR',
      source: 'SOURCE_MASTER',
      reason: 'REASON_TASK_UNAUTHORIZED',
      message: `Principal '' no authorized to launch task as-nobody of framework ${test.session.frameworkId} under user 'nobody'`,
    });
  });

  it('refuses a reservation for a role that it may not reserve for', async () => {
    const test = await subscribed({ contentType, framework: { ...momentary, roles: ['open'] } });
    const { id } = await test.offer();
    const cpus = scalar('cpus', 1, {
      allocation_info: { role: 'open' },
      reservations: [{ type: 'DYNAMIC', role: 'open' }],
    });
    await test.session.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [id],
        operations: [{ type: 'RESERVE', id: { value: 'reserve' }, reserve: { resources: [cpus] } }],
      },
    });
    const event = await test.next('UPDATE_OPERATION_STATUS');
    expect(event.update_operation_status.status).toMatchObject({
      operation_id: { value: 'reserve' },
      state: 'OPERATION_ERROR',
      message: expect.stringMatching(
        /^Principal '' no authorized to perform action RESERVE_RESOURCES on object \{"value":"open"/,
      ),
    });
  });
});
