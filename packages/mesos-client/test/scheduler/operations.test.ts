import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { Offer, OperationStatus, Resource } from '../../src/gen/mesos.ts';
import type { TestScheduler } from '../../test-helpers/framework.ts';
import { formats, momentary, scalar, smallResources, useCluster } from './real-cluster.ts';

const role = 'operations';
const principal = 'operator';
const reservation = { type: 'DYNAMIC', role, principal } as const;
const allocated = { allocation_info: { role } };
const reserved = { ...allocated, reservations: [reservation] };

const cpus = scalar('cpus', 0.5, reserved);
const disk = scalar('disk', 64, reserved);
const volume: Resource = {
  ...disk,
  disk: { persistence: { id: 'volume', principal }, volume: { container_path: 'data', mode: 'RW' } },
};
const grown = scalar('disk', 64 + 32, { ...reserved, disk: volume.disk });

type Operation = Offer.Operation;
const reserve = (id: string, resources: readonly Resource[]): Operation => ({
  type: 'RESERVE',
  id: { value: id },
  reserve: { resources },
});
const unreserve = (id: string, resources: readonly Resource[]): Operation => ({
  type: 'UNRESERVE',
  id: { value: id },
  unreserve: { resources },
});

const isOf = (id: string) => (event: { update_operation_status: { status: OperationStatus } }) =>
  event.update_operation_status.status.operation_id?.value === id;

async function status(test: TestScheduler, id: string): Promise<OperationStatus> {
  return (await test.next('UPDATE_OPERATION_STATUS', isOf(id))).update_operation_status.status;
}

async function accept(test: TestScheduler, offer: Offer, operations: readonly Operation[]): Promise<void> {
  const filters = { refuse_seconds: 0 };
  await test.session.send({ type: 'ACCEPT', accept: { offer_ids: [offer.id], operations, filters } });
}

/** An offer of all that the agent has: what a task or operation leaves may come in parts. */
async function wholeOffer(test: TestScheduler): Promise<Offer> {
  for (;;) {
    const offer = await test.offer();
    const sum = (wanted: string) =>
      offer.resources
        ?.filter(({ name }) => name === wanted)
        .reduce((total, { scalar: amount }) => total + (amount?.value ?? 0), 0);
    if (sum('cpus') === 2 && sum('mem') === 1024 && sum('disk') === 1024) return offer;
    await accept(test, offer, []);
  }
}

describe.skipIf(!requireRealMesos()).each(formats)('operations on a real cluster, in %s', (contentType) => {
  const { subscribed } = useCluster({ agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }] });

  const operating = () =>
    subscribed({
      contentType,
      framework: {
        ...momentary,
        roles: [role],
        principal,
        capabilities: [...(momentary.capabilities ?? []), { type: 'RESERVATION_REFINEMENT' }],
      },
    });

  /** Acknowledges the end of an operation that reached the agent. */
  async function finished(test: TestScheduler, id: string, agentId: string): Promise<OperationStatus> {
    const ended = await status(test, id);
    expect(ended).toMatchObject({ state: 'OPERATION_FINISHED', agent_id: { value: agentId } });
    expect(ended.uuid?.value.length).toBe(16);
    expect(await test.session.acknowledge(ended)).toBe(true);
    return ended;
  }

  it('make and remove reservations and volumes, each with a status of its own', async () => {
    const test = await operating();
    const offer = await wholeOffer(test);
    const agent = offer.agent_id.value;
    const task = {
      name: 'writes',
      task_id: { value: 'writes' },
      agent_id: offer.agent_id,
      resources: [...smallResources, volume],
      command: { value: 'echo kept > data/file' },
    };
    await accept(test, offer, [
      reserve('reserve', [cpus, disk]),
      { type: 'CREATE', id: { value: 'create' }, create: { volumes: [volume] } },
      { type: 'LAUNCH', launch: { task_infos: [task] } },
    ]);
    await finished(test, 'reserve', agent);
    await finished(test, 'create', agent);
    expect((await test.updateTo('writes', 'TASK_FINISHED')).message).toBe('Command exited with status 0');

    const second = await wholeOffer(test);
    expect(second.resources).toContainEqual(expect.objectContaining({ reservations: [reservation] }));
    const addition = scalar('disk', 32, reserved);
    await accept(test, second, [
      reserve('reserve-more', [addition]),
      { type: 'GROW_VOLUME', id: { value: 'grow' }, grow_volume: { volume, addition } },
    ]);
    await finished(test, 'reserve-more', agent);
    await finished(test, 'grow', agent);
    await accept(test, await wholeOffer(test), [
      {
        type: 'SHRINK_VOLUME',
        id: { value: 'shrink' },
        shrink_volume: { volume: grown, subtract: { value: 32 } },
      },
    ]);
    await finished(test, 'shrink', agent);
    await accept(test, await wholeOffer(test), [
      { type: 'DESTROY', id: { value: 'destroy' }, destroy: { volumes: [volume] } },
      unreserve('unreserve', [cpus, scalar('disk', 64 + 32, reserved)]),
    ]);
    await finished(test, 'destroy', agent);
    await finished(test, 'unreserve', agent);
    const { resources } = await wholeOffer(test);
    expect(resources?.flatMap(({ reservations = [] }) => reservations)).toStrictEqual([]);
  });

  it('are known to RECONCILE_OPERATIONS until their end is acknowledged', async () => {
    const test = await operating();
    const offer = await wholeOffer(test);
    const { agent_id } = offer;
    await accept(test, offer, [reserve('pending', [cpus])]);
    const ended = await status(test, 'pending');
    expect(ended.state).toBe('OPERATION_FINISHED');
    await test.session.send({
      type: 'RECONCILE_OPERATIONS',
      reconcile_operations: {
        operations: [
          { operation_id: { value: 'pending' }, agent_id },
          { operation_id: { value: 'never' }, agent_id },
          { operation_id: { value: 'never-anywhere' } },
          { operation_id: { value: 'never-there' }, agent_id: { value: 'no-such-agent' } },
        ],
      },
    });
    const reconciled = await status(test, 'pending');
    expect(reconciled).toMatchObject({ state: 'OPERATION_FINISHED', agent_id });
    expect(reconciled.uuid).toBeUndefined();
    expect(await test.session.acknowledge(reconciled)).toBe(false);
    const answers = {
      never: 'Reconciliation: Operation is unknown',
      'never-anywhere': "Reconciliation: Operation is unknown and no 'agent_id' was provided",
      'never-there': 'Reconciliation: Both operation and agent are unknown',
    };
    for (const [id, message] of Object.entries(answers))
      expect(await status(test, id)).toMatchObject({ state: 'OPERATION_UNKNOWN', message });

    await test.session.send({ type: 'RECONCILE_OPERATIONS', reconcile_operations: {} });
    expect(await status(test, 'pending')).toMatchObject({ state: 'OPERATION_FINISHED' });
    expect(await test.session.acknowledge(ended)).toBe(true);
    await test.session.send({
      type: 'RECONCILE_OPERATIONS',
      reconcile_operations: { operations: [{ operation_id: { value: 'pending' }, agent_id }] },
    });
    expect(await status(test, 'pending')).toMatchObject({ state: 'OPERATION_UNKNOWN' });

    await accept(test, await wholeOffer(test), [unreserve('back', [cpus])]);
    await finished(test, 'back', agent_id.value);
  });

  it('that cannot be are told so by the master, without asking for acknowledgement', async () => {
    const test = await operating();
    const offer = await wholeOffer(test);
    const other = { ...allocated, reservations: [{ ...reservation, role: 'other' }] };
    await accept(test, offer, [
      unreserve('not-reserved', [scalar('cpus', 7, reserved)]),
      reserve('of-another-role', [scalar('cpus', 0.1, other)]),
      {
        type: 'CREATE_DISK',
        id: { value: 'no-provider' },
        create_disk: { source: scalar('disk', 10, allocated), target_type: 'MOUNT' },
      },
      {
        type: 'DESTROY_DISK',
        id: { value: 'no-provider-either' },
        destroy_disk: { source: scalar('disk', 10, allocated) },
      },
    ]);
    const words = {
      'not-reserved': 'does not contain',
      'of-another-role':
        "A reserve operation was attempted for a resource with role 'other', but the resource was allocated to role 'operations'",
      'no-provider': "'source' is not managed by a resource provider",
      'no-provider-either': "'source' is not managed by a resource provider",
    };
    for (const [id, message] of Object.entries(words)) {
      const refused = await status(test, id);
      expect(refused).toMatchObject({
        state: 'OPERATION_ERROR',
        message: expect.stringContaining(message),
      });
      expect(refused.uuid).toBeUndefined();
    }
    await accept(test, offer, [reserve('stale', [cpus])]);
    expect(await status(test, 'stale')).toMatchObject({
      state: 'OPERATION_ERROR',
      message: `Operation attempted with invalid offers: Offer ${offer.id.value} is no longer valid`,
    });
  });

  it('take only acknowledgements with a UUID', async () => {
    const test = await operating();
    const { agent_id } = await wholeOffer(test);
    const acknowledge = { agent_id, operation_id: { value: 'never' } };
    await expect(
      test.session.send({
        type: 'ACKNOWLEDGE_OPERATION_STATUS',
        acknowledge_operation_status: { ...acknowledge, uuid: new Uint8Array([1, 2, 3]) },
      }),
    ).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 400,
      callType: 'ACKNOWLEDGE_OPERATION_STATUS',
      answer: 'Failed to validate scheduler::Call: Not a valid UUID',
    });
    const uuid = Buffer.from('a1ae8ad5fd744bf8a1c9482f41a5ef4b', 'hex');
    await test.session.send({
      type: 'ACKNOWLEDGE_OPERATION_STATUS',
      acknowledge_operation_status: { ...acknowledge, uuid },
    });
  });
});
