import { describe, expect, it } from 'vitest';
import { createCodec } from './codec.ts';

const ofAllApis = [
  'mesos.v1.scheduler.Call',
  'mesos.v1.executor.Call',
  'mesos.v1.master.Call',
  'mesos.v1.agent.Call',
  'mesos.v1.resource_provider.Call',
] as const;

describe.each(['json', 'protobuf'] as const)('encoding calls in %s', (format) => {
  it.each(ofAllApis)('refuses a %s of type UNKNOWN', (name) => {
    const ids = { framework_id: { value: 'f' }, executor_id: { value: 'e' } };
    const call = { type: 'UNKNOWN', ...(name === 'mesos.v1.executor.Call' ? ids : {}) };
    expect(() => createCodec(format, name).encode(call as never)).toThrow(
      /^\[INVALID_MESSAGE\] .*field type: expected a type other than UNKNOWN, which crashes a Mesos master/,
    );
  });

  it('refuses to have a container without a parent removed', () => {
    const codec = createCodec(format, 'mesos.v1.agent.Call');
    const remove = (container_id: { value: string; parent?: { value: string } }) =>
      codec.encode({ type: 'REMOVE_CONTAINER', remove_container: { container_id } });
    expect(() => remove({ value: 'alone' })).toThrow(
      /^\[INVALID_MESSAGE\] .*remove_container\.container_id\.parent: .*crashes a Mesos agent/,
    );
    expect(codec.decode(remove({ value: 'nested', parent: { value: 'pod' } }))).toStrictEqual({
      type: 'REMOVE_CONTAINER',
      remove_container: { container_id: { value: 'nested', parent: { value: 'pod' } } },
    });
  });

  it('lets a container without a parent be killed and awaited', () => {
    const codec = createCodec(format, 'mesos.v1.agent.Call');
    const container_id = { value: 'alone' };
    for (const call of [
      { type: 'KILL_CONTAINER', kill_container: { container_id } },
      { type: 'WAIT_CONTAINER', wait_container: { container_id } },
    ] as const)
      expect(codec.decode(codec.encode(call))).toStrictEqual(call);
  });
});
