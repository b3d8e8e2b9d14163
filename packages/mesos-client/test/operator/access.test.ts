import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { AgentClient, MasterClient } from '../../src/index.ts';

const operator = { principal: 'operator', secret: 's3cret' };
const reader = { principal: 'reader', secret: 's3cret2' };
const weights = {
  type: 'UPDATE_WEIGHTS',
  update_weights: { weight_infos: [{ role: 'web', weight: 2 }] },
} as const;

describe.skipIf(!requireRealMesos())('access to the operator API', () => {
  let cluster: RealMesos;

  beforeAll(async () => {
    const locked = { authenticate_http_readonly: 'true', authenticate_http_readwrite: 'true' };
    cluster = await startMesos({
      agents: [{ resources: 'cpus:1;mem:256' }],
      credentials: [operator, reader],
      masterFlags: locked,
      agentFlags: locked,
      acls: {
        update_weights: [
          { principals: { values: ['operator'] }, roles: { type: 'ANY' } },
          { principals: { values: ['reader'] }, roles: { type: 'NONE' } },
        ],
      },
    });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  it('is given to those who prove who they are', async () => {
    await using master = new MasterClient({ master: cluster.url, credential: operator });
    expect(await master.call(weights)).toBeUndefined();
    for await (const { type } of master.subscribe()) if (type === 'SUBSCRIBED') break;
    await using agent = new AgentClient({ agent: cluster.agents[0]?.url ?? '', credential: operator });
    expect(await agent.call({ type: 'GET_HEALTH' })).toStrictEqual({ healthy: true });
  });

  it.each([
    ['no credential', undefined],
    ['a wrong one', { principal: 'operator', secret: 'wr0ng' }],
  ])('is refused to those with %s, whatever they ask for', async (_what, credential) => {
    const options = credential ? { credential } : {};
    await using master = new MasterClient({ master: cluster.url, ...options });
    await using agent = new AgentClient({ agent: cluster.agents[0]?.url ?? '', ...options });
    const asked = [
      master.call({ type: 'GET_HEALTH' }),
      master.subscribe().next(),
      master.watch().next(),
      agent.call({ type: 'GET_HEALTH' }),
      agent.attachContainerOutput({ value: 'c' }),
      agent.attachContainerInput({ value: 'c' }, []),
    ];
    for (const refused of await Promise.allSettled(asked)) {
      expect(refused).toMatchObject({
        reason: { code: 'UNAUTHENTICATED', status: 401, setting: 'credential' },
      });
      expect(String((refused as PromiseRejectedResult).reason)).not.toContain('wr0ng');
    }
  });

  it('does not mean that everything is allowed', async () => {
    await using master = new MasterClient({ master: cluster.url, credential: reader });
    await expect(master.call(weights)).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 403,
      callType: 'UPDATE_WEIGHTS',
    });
  });
});
