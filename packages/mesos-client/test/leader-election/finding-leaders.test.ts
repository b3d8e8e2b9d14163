import { describe, expect, it } from 'vitest';
import { useClosing } from '../../test-helpers/closing.ts';
import { expectNoMoreHandles, handles } from '../scheduler/handles.ts';
import { formats, momentary } from '../scheduler/real-cluster.ts';
import { canElect, useElections } from './elections.ts';

const credential = 'galaxy:top-s3cret';
const unresolvable = 'master.invalid';

/** As behind NAT: what masters call themselves means nothing here. */
function fromOutside(address: URL): URL {
  const rewritten = new URL(address);
  if (rewritten.hostname === unresolvable) rewritten.hostname = '127.0.0.1';
  return rewritten;
}

describe.skipIf(!canElect)('the leader of real masters', () => {
  const { addressWith, roles } = useElections({
    agents: [],
    masterFlags: { hostname: unresolvable },
    credential,
  });
  const { scheduler, subscribed } = useClosing();

  it('is named by the others with 307, in a form without a scheme', async () => {
    const { leader, standby } = await roles();
    const response = await fetch(`${standby.url}/api/v1/scheduler`, {
      method: 'POST',
      redirect: 'manual',
      headers: { connection: 'close' },
    });
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(
      `//${unresolvable}:${new URL(leader.url).port}/master/api/v1/scheduler`,
    );
  });

  describe.each(formats)('for a session in %s', (contentType) => {
    const options = { contentType, framework: momentary };

    it('is where another master redirects it to', async () => {
      const { leader, standby } = await roles();
      const { session } = await subscribed(standby.url, { ...options, rewriteAddress: fromOutside });
      expect(session.masterUrl).toBe(leader.url);
      expect(session.master?.hostname).toBe(unresolvable);
      // On the leader's own connection, not by way of the other one.
      await session.send({ type: 'REVIVE' });
    });

    it('is whom ZooKeeper names, by its IP address', async () => {
      const { leader } = await roles();
      const asked: string[] = [];
      const rewriteAddress = (address: URL) => {
        asked.push(address.origin);
        return address;
      };
      const master = addressWith(credential);
      const { session } = await subscribed(master, { ...options, rewriteAddress });
      expect(session.masterUrl).toBe(leader.url);
      expect(asked).toStrictEqual([leader.url]);
    });
  });

  it('cannot be followed to an address that does not resolve; the message says which', async () => {
    const { standby } = await roles();
    const lost = scheduler(standby.url, { framework: momentary, connectTimeout: 500 });
    await expect(lost.start()).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining(unresolvable),
    });
  });

  it.each([
    ['no credential', undefined],
    ['a wrong one', 'galaxy:wr0ng'],
  ])('is not told by a ZooKeeper that is given %s', async (_, authority) => {
    const refused = scheduler(addressWith(authority), { framework: momentary });
    const error = await refused.start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ZOOKEEPER_REFUSED', setting: 'master' });
    expect(String(error)).not.toContain('wr0ng');
  });

  it('leaves no socket and no timer to those who looked for it, found it, or lost it', async () => {
    const { leader, standby } = await roles();
    const before = handles();
    const redirected = await subscribed(standby.url, { framework: momentary, rewriteAddress: fromOutside });
    const named = await subscribed(addressWith(credential), { framework: momentary });
    await leader.kill();
    for (const test of [redirected, named]) await test.next('DISCONNECTED');
    const looking = scheduler(addressWith(credential), { framework: momentary });
    const started = looking.start();
    const isClosed = expect(started).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await looking.next('RETRYING');
    await Promise.all([redirected, named, looking].map(({ session }) => session.close()));
    await isClosed;
    await expectNoMoreHandles(before);
  });
});
