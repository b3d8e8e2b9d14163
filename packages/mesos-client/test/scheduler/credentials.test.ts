import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { Credential, MesosError } from '../../src/index.ts';
import { framework } from '../../test-helpers/framework.ts';
import { formats, momentary, useCluster } from './real-cluster.ts';

const fixture = { principal: 'fixture', secret: 'f1xture' };
const galaxy = { principal: 'galaxy', secret: 'top-s3cret' };
const other = { principal: 'other', secret: 's3cond' };

const basic = ({ principal, secret }: typeof galaxy): string =>
  `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`;

describe.skipIf(!requireRealMesos())('a real master that asks for credentials', () => {
  const { cluster, scheduler, subscribed } = useCluster({
    agents: [],
    credentials: [fixture, galaxy, other],
    masterFlags: { authenticate_http_frameworks: 'true' },
  });

  describe.each(formats)('in %s', (contentType) => {
    it.each<[string, Credential]>([
      ['a principal and its secret', galaxy],
      ['a header of its own', { authorization: basic(galaxy) }],
      ['a function', { authorization: async () => basic(galaxy) }],
    ])('takes them as %s, for SUBSCRIBE and calls', async (_, credential) => {
      const test = await subscribed({
        contentType,
        credential,
        framework: { ...momentary, principal: galaxy.principal },
      });
      await test.session.send({ type: 'REVIVE' });
    });

    it.each<[string, Credential | undefined]>([
      ['none', undefined],
      ['a wrong secret', { principal: galaxy.principal, secret: 'wr0ng-s3cret' }],
      ['an unknown principal', { principal: 'nobody', secret: 'wr0ng-s3cret' }],
      ['another scheme', { token: 'wr0ng-s3cret' }],
    ])('refuses %s with 401; the secret is in no message', async (_, credential) => {
      const test = scheduler({ contentType, ...(credential && { credential }) });
      const error = await test.start().catch((thrown: unknown) => thrown as MesosError);
      expect(error).toMatchObject({
        code: 'UNAUTHENTICATED',
        status: 401,
        callType: 'SUBSCRIBE',
        setting: 'credential',
        answer: '401 Unauthorized.',
      });
      const told = JSON.stringify(error) + String(error) + String((error as MesosError).stack);
      expect(told).not.toContain('wr0ng-s3cret');
      expect(told).not.toContain(Buffer.from('wr0ng-s3cret').toString('base64').slice(0, 12));
    });

    it('takes the second token of a function whose first one is refused', async () => {
      const refused: (string | undefined)[] = [];
      const authorization = (before: string | undefined) => {
        refused.push(before);
        return before === undefined ? 'Basic stale' : basic(galaxy);
      };
      const test = await subscribed({ contentType, credential: { authorization } });
      expect(refused).toStrictEqual([undefined, 'Basic stale']);
      await test.session.send({ type: 'REVIVE' });
      expect(refused.length).toBe(2);
    });

    it('refuses a framework of another principal', async () => {
      const test = scheduler({
        contentType,
        credential: galaxy,
        framework: { ...momentary, principal: 'other' },
      });
      await expect(test.start()).rejects.toMatchObject({
        code: 'PRINCIPAL_MISMATCH',
        status: 400,
        setting: 'framework.principal',
        answer:
          "Failed to validate scheduler::Call: Authenticated principal 'galaxy' does not match principal 'other' set in `FrameworkInfo`",
      });
    });
  });

  it('whose secrets change goes on with who learns the new one, and stops who does not', async () => {
    const renewed = { ...galaxy, secret: 'r3newed' };
    let secret = galaxy;
    const learning = await subscribed({
      framework,
      credential: { authorization: () => basic(secret) },
    });
    const fixed = await subscribed({ framework, credential: galaxy });
    const { frameworkId } = learning.session;
    const credentials = [fixture, renewed];
    writeFileSync(join(cluster().folder, 'credentials.json'), JSON.stringify({ credentials }));
    secret = renewed;
    await cluster().restartMaster();
    expect((await learning.next('SUBSCRIBED')).subscribed.framework_id.value).toBe(frameworkId);
    await learning.session.send({ type: 'REVIVE' });
    expect(await fixed.failure()).toMatchObject({
      code: 'UNAUTHENTICATED',
      status: 401,
      setting: 'credential',
    });
  });
});
