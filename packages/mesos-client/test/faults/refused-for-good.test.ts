import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import { useClosing } from '../../test-helpers/closing.ts';
import { framework } from '../../test-helpers/framework.ts';

const { closing, scheduler, subscribed } = useClosing();

describe('a framework that was removed', () => {
  it('while it was connected is told so once, keeps its id, and does not ask again', async () => {
    const master = closing(await ScriptedMaster.listen());
    const test = await subscribed(master.url);
    const id = test.session.frameworkId ?? '';
    const stream = await master.nextSubscription();
    master.removeFramework(id);
    stream.breakOff();
    const error = await test.failure();
    expect(error).toMatchObject({ code: 'FRAMEWORK_REMOVED', setting: 'framework.id' });
    expect(error.message).toContain('subscribe without its id');
    expect(test.session.frameworkId).toBe(id);
    const asked = master.exchanges.length;
    await expect(test.session.send({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'FRAMEWORK_REMOVED' });
    await expect.poll(() => master.connections).toBe(0);
    expect(master.exchanges.length).toBe(asked);
  });

  it('before it subscribes is refused by start()', async () => {
    const master = closing(await ScriptedMaster.listen());
    master.removeFramework('framework-7');
    const test = scheduler(master.url, { framework: { ...framework, id: { value: 'framework-7' } } });
    await expect(test.start()).rejects.toMatchObject({ code: 'FRAMEWORK_REMOVED' });
    expect(master.exchanges.length).toBe(1);
    expect(test.session.frameworkId).toBe('framework-7');
  });
});

describe('a subscription that is refused', () => {
  it.each([
    ['framework.roles', { roles: ['a b'] }],
    ['framework.roles', { roles: ['a', 'a'] }],
    ['framework.id', { id: { value: 'a/b' } }],
    ['framework.failover_timeout', { failover_timeout: 1e30 }],
  ])('says that %s is wrong, and is not tried again', async (setting, wrong) => {
    const master = closing(await ScriptedMaster.listen());
    const test = scheduler(master.url, { framework: { ...framework, ...wrong } });
    const error = await test.start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SUBSCRIPTION_REFUSED', setting });
    expect(String(error)).toContain(`\`${setting}\``);
    expect(master.exchanges.length).toBe(1);
  });

  it('says which suppressed role is none of its own', async () => {
    const master = closing(await ScriptedMaster.listen());
    const test = scheduler(master.url, { subscribe: { suppressed_roles: ['other'] } });
    await expect(test.start()).rejects.toMatchObject({ setting: 'subscribe.suppressed_roles' });
  });

  it('says that its principal is another than that of the credential', async () => {
    const master = closing(await ScriptedMaster.listen({ credentials: { principals: { fw: 's3cret' } } }));
    const test = scheduler(master.url, {
      framework: { ...framework, principal: 'other' },
      credential: { principal: 'fw', secret: 's3cret' },
    });
    await expect(test.start()).rejects.toMatchObject({
      code: 'PRINCIPAL_MISMATCH',
      setting: 'framework.principal',
    });
    expect(master.exchanges.length).toBe(1);
  });

  it('for want of authorisation says so in the words of the master', async () => {
    const master = closing(await ScriptedMaster.listen());
    const words = "Not authorized to use role 'x'";
    master.onNext('SUBSCRIBE').play((exchange) => {
      exchange
        .openStream('a')
        .send({ type: 'ERROR', error: { message: words } })
        .end();
    });
    await expect(scheduler(master.url).start()).rejects.toMatchObject({
      code: 'SUBSCRIPTION_REFUSED',
      answer: words,
    });
    expect(master.exchanges.length).toBe(1);
  });
});
