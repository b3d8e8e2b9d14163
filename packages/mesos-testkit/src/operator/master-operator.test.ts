import type { IncomingMessage } from 'node:http';
import { createCodec, type master as mesosMaster, RecordDecoder } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { send as sendRequest, textOf } from '../../test-helpers/recording.ts';
import { endOf, subscribe, useMasters } from '../../test-helpers/subscriber.ts';
import type { ScriptedMaster } from '../scripted-master.ts';

const listen = useMasters();

describe('the operator API of a master', () => {
  const operatorCalls = createCodec('json', 'mesos.v1.master.Call');
  const responses = createCodec('json', 'mesos.v1.master.Response');
  const operatorEvents = createCodec('protobuf', 'mesos.v1.master.Event');

  const ask = (master: ScriptedMaster, call: mesosMaster.Call, headers = {}): Promise<IncomingMessage> => {
    const request = {
      method: 'POST',
      path: '/api/v1',
      headers: { 'Content-Type': 'application/json', ...headers },
    };
    return sendRequest(master.url, request, operatorCalls.encode(call));
  };

  const answerOf = async (response: IncomingMessage): Promise<mesosMaster.Response> =>
    responses.decode(Buffer.from(await textOf(response)));

  it('tells what was scripted, and the frameworks that are there', async () => {
    const master = await listen();
    const { stream } = await subscribe(master);
    master.answer('GET_ROLES', { roles: [{ name: 'web', weight: 1 }] });
    const roles = await answerOf(await ask(master, { type: 'GET_ROLES' }));
    expect(roles.get_roles?.roles).toStrictEqual([{ name: 'web', weight: 1 }]);
    const state = await answerOf(await ask(master, { type: 'GET_STATE' }));
    expect(state.get_state?.get_frameworks?.frameworks).toMatchObject([
      { framework_info: { id: { value: stream.frameworkId } }, connected: true },
    ]);
    const { get_master } = await answerOf(await ask(master, { type: 'GET_MASTER' }));
    expect(get_master?.master_info?.id).toBe(master.id);
  });

  it('notes commands, and tears frameworks down', async () => {
    const master = await listen();
    const { stream, response } = await subscribe(master);
    const end = endOf(response);
    const teardown = { framework_id: { value: stream.frameworkId } };
    expect((await ask(master, { type: 'TEARDOWN', teardown })).statusCode).toBe(200);
    expect(await end).toBe('last chunk');
    const volumes = { agent_id: { value: 'a' }, volumes: [] };
    expect((await ask(master, { type: 'CREATE_VOLUMES', create_volumes: volumes })).statusCode).toBe(202);
    expect(master.operator.log.calls.map(({ type }) => type)).toStrictEqual(['TEARDOWN', 'CREATE_VOLUMES']);
  });

  it('has an event stream in both formats', async () => {
    const master = await listen();
    const response = await ask(master, { type: 'SUBSCRIBE' }, { Accept: 'application/x-protobuf' });
    expect(response.headers['content-type']).toBe('application/x-protobuf');
    const stream = await master.operator.nextSubscription();
    stream.send({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: 'a' } } }).end();
    const found: unknown[] = [];
    const decoder = new RecordDecoder((record) => found.push(operatorEvents.decode(record).type));
    for await (const chunk of response) decoder.push(chunk);
    expect(found).toStrictEqual(['SUBSCRIBED', 'HEARTBEAT', 'AGENT_REMOVED']);
    await expect.poll(() => master.operator.streams).toStrictEqual([]);
  });
});
