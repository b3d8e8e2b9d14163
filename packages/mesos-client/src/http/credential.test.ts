import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Authorizer } from './credential.ts';

describe('an authorizer', () => {
  it.each([
    [{ principal: 'fw', secret: 's3cret' }, 'Basic Znc6czNjcmV0'],
    [{ principal: 'fw', secret: async () => 's3cret' }, 'Basic Znc6czNjcmV0'],
    [{ token: 'abc' }, 'Bearer abc'],
    [{ authorization: 'token=abc' }, 'token=abc'],
    [{ token: () => 'abc' }, 'Bearer abc'],
    [{ authorization: async () => 'token=abc' }, 'token=abc'],
  ])('sends %j as a header', async (credential, authorization) => {
    expect(await new Authorizer(credential).headers()).toStrictEqual({ authorization });
  });

  it('sends no header without a credential', async () => {
    const authorizer = new Authorizer(undefined);
    expect(await authorizer.headers()).toStrictEqual({});
    expect(await authorizer.renew({})).toBe(false);
  });

  it('has nothing else to try where the secret is fixed', async () => {
    const authorizer = new Authorizer({ token: 'abc' });
    expect(await authorizer.renew(await authorizer.headers())).toBe(false);
  });

  it('asks for another secret once it is refused, and tells which one was', async () => {
    const asked: (string | undefined)[] = [];
    const authorizer = new Authorizer({
      token: (refused) => {
        asked.push(refused);
        return `token-${asked.length}`;
      },
    });
    const first = await authorizer.headers();
    expect(await authorizer.headers()).toStrictEqual(first);
    expect(await authorizer.renew(first)).toBe(true);
    expect(await authorizer.headers()).toStrictEqual({ authorization: 'Bearer token-2' });
    expect(asked).toStrictEqual([undefined, 'token-1']);
  });

  it('gives up where the source has the same secret again', async () => {
    const authorizer = new Authorizer({ token: () => 'same' });
    expect(await authorizer.renew(await authorizer.headers())).toBe(false);
  });

  it('asks once for all requests that are refused at the same time, and not again for late ones', async () => {
    let asked = 0;
    const authorizer = new Authorizer({ token: async () => `token-${++asked}` });
    const [first, second] = await Promise.all([authorizer.headers(), authorizer.headers()]);
    expect(asked).toBe(1);
    expect(await Promise.all([authorizer.renew(first), authorizer.renew(second)])).toStrictEqual([
      true,
      true,
    ]);
    expect(await authorizer.renew(first)).toBe(true);
    expect(asked).toBe(2);
  });

  it('says that no secret could be had, without its words, and asks again next time', async () => {
    const answers = [Promise.reject(new Error('s3cret store is down')), Promise.resolve('abc')];
    const authorizer = new Authorizer({ token: () => answers.shift() ?? 'none' });
    const error = await authorizer.headers().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CREDENTIAL_UNAVAILABLE', setting: 'credential' });
    expect(String(error)).not.toContain('s3cret');
    expect(await authorizer.headers()).toStrictEqual({ authorization: 'Bearer abc' });
  });

  it.each(['abc\n', 'a\r\nX-Injected: b', '\u{1f600}'])(
    'refuses the secret %j, which no header may hold, without repeating it',
    async (token) => {
      const error = await new Authorizer({ token }).headers().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'CREDENTIAL_UNAVAILABLE', setting: 'credential' });
      expect(inspect(error, { depth: Infinity })).not.toContain(token.slice(0, 3));
    },
  );

  it('waits no longer for a source that hangs once the signal fires; another may still wait', async () => {
    const secret = Promise.withResolvers<string>();
    const authorizer = new Authorizer({ token: () => secret.promise });
    const abort = new AbortController();
    const [given, other] = [authorizer.headers(abort.signal), authorizer.headers()];
    abort.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await expect(authorizer.headers(abort.signal)).rejects.toThrow('enough');
    secret.resolve('abc');
    expect(await other).toStrictEqual({ authorization: 'Bearer abc' });
  });

  it('leaves no rejection unhandled where nobody waits any more for a source that fails', async () => {
    const secret = Promise.withResolvers<string>();
    const authorizer = new Authorizer({ token: () => secret.promise });
    await expect(authorizer.headers(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    secret.reject(new Error('late'));
    await expect(authorizer.headers()).rejects.toMatchObject({ code: 'CREDENTIAL_UNAVAILABLE' });
  });
});
