import { afterEach, describe, expect, it } from 'vitest';
import { type Exchange, ScriptedMaster } from '../../test-helpers/scripted-master.ts';
import { MesosError } from '../mesos-error.ts';
import { OperatorClient } from './operator-client.ts';

const toClose: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of toClose.splice(0).reverse()) await one.close();
});

async function master(play: (exchange: Exchange) => void = () => {}): Promise<ScriptedMaster> {
  const created = await new ScriptedMaster().listen();
  created.play = play;
  toClose.push(created);
  return created;
}

function client(url: string): OperatorClient<'master'> {
  const created = new OperatorClient('master', { url, contentType: 'json' });
  toClose.push(created);
  return created;
}

const healthy = (exchange: Exchange): void =>
  exchange.answer(200, '{"type":"GET_HEALTH","get_health":{"healthy":true}}');

describe('OperatorClient', () => {
  it.each([
    ['http://HOST', '/api/v1'],
    ['HOST/', '/api/v1'],
    ['http://HOST/api/v1', '/api/v1'],
    ['http://HOST/slave(1)', '/slave(1)/api/v1'],
    ['http://HOST/slave(12)/api/v1/', '/slave(12)/api/v1'],
  ])('finds the API at %s', async (address, path) => {
    const server = await master(healthy);
    await client(address.replace('HOST', server.host)).call({ type: 'GET_HEALTH' });
    expect(server.exchanges[0]?.path).toBe(path);
  });

  it('follows a redirect to the leader once, and asks that one from then on', async () => {
    const leader = await master(healthy);
    const standby = await master((exchange) =>
      exchange.answer(307, '', { location: `//${leader.host}/master/api/v1` }),
    );
    const operator = client(standby.url);
    expect(await operator.call({ type: 'GET_HEALTH' })).toStrictEqual({ healthy: true });
    await operator.call({ type: 'GET_HEALTH' });
    expect(standby.exchanges.length).toBe(1);
    expect(leader.exchanges.map(({ path }) => path)).toStrictEqual(['/master/api/v1', '/master/api/v1']);
  });

  it('asks anew who leads once the leader is gone', async () => {
    const first = await master(healthy);
    const second = await master(healthy);
    const leaders = [first, second];
    const standby = await master((exchange) =>
      exchange.answer(307, '', { location: `//${leaders.shift()?.host}` }),
    );
    const operator = client(standby.url);
    await operator.call({ type: 'GET_HEALTH' });
    await first.close();
    const refused = await operator.call({ type: 'GET_HEALTH' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MesosError);
    expect(String(refused)).toContain(first.url);
    await operator.call({ type: 'GET_HEALTH' });
    expect(second.exchanges.length).toBe(1);
  });

  it('does not follow redirects for ever', async () => {
    const server = await master((exchange) => exchange.answer(307, '', { location: `//${server.host}` }));
    await expect(client(server.url).call({ type: 'GET_HEALTH' })).rejects.toMatchObject({
      code: 'REDIRECT_LOOP',
    });
  });

  it('tells an answer that is none of Mesos', async () => {
    const answers = ['<html>', '{"type":"GET_FLAGS"}'];
    const server = await master((exchange) => exchange.answer(200, answers.shift() ?? ''));
    const operator = client(server.url);
    await expect(operator.call({ type: 'GET_HEALTH' })).rejects.toMatchObject({ code: 'MALFORMED_MESSAGE' });
    await expect(operator.call({ type: 'GET_HEALTH' })).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER' });
  });

  it('does not send TEARDOWN again where the answer got lost', async () => {
    const server = await master((exchange) => exchange.reset());
    const call = client(server.url).call({ type: 'TEARDOWN', teardown: { framework_id: { value: 'a' } } });
    await expect(call).rejects.toMatchObject({ code: 'CALL_FATE_UNKNOWN', callType: 'TEARDOWN' });
    expect(server.exchanges.length).toBe(1);
  });
});
