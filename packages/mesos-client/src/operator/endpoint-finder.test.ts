import { describe, expect, it } from 'vitest';
import { MesosError, type MesosErrorCode } from '../mesos-error.ts';
import { EndpointFinder } from './endpoint-finder.ts';

const search = { callType: 'GET_HEALTH', signal: new AbortController().signal };
const a = new URL('http://a:5050/api/v1');
const b = new URL('http://b:5050/api/v1');
const c = new URL('http://c:5050/api/v1');

const failing = (code: MesosErrorCode, message: string = code) => new MesosError(code, message);

function finder(candidates: readonly URL[], patience = 0): EndpointFinder {
  return new EndpointFinder({ candidates: async () => candidates, patience });
}

/** What happens at each host, and where it was tried. */
function script(outcomes: Readonly<Record<string, string | URL | MesosError>>) {
  const tried: string[] = [];
  const attempt = async (url: URL): Promise<string | URL> => {
    tried.push(url.hostname);
    const outcome = outcomes[url.hostname] ?? 'ok';
    if (outcome instanceof MesosError) throw outcome;
    return outcome;
  };
  return { tried, attempt };
}

describe('EndpointFinder', () => {
  it('goes on to the next where one cannot be reached or is not ready, and stays where it found an answer', async () => {
    const { tried, attempt } = script({ a: failing('NOT_CONNECTED'), b: failing('MASTER_NOT_READY') });
    const found = finder([a, b, c]);
    expect(await found.reach(attempt, search)).toBe('ok');
    await found.reach(attempt, search);
    expect(tried).toStrictEqual(['a', 'b', 'c', 'c']);
    expect(found.found).toBe(c);
  });

  it('follows redirects and remembers where they led', async () => {
    const { tried, attempt } = script({ a: b });
    const found = finder([a]);
    await found.reach(attempt, search);
    await found.reach(attempt, search);
    expect(tried).toStrictEqual(['a', 'b', 'b']);
  });

  it('looks for another where the one it remembered is gone', async () => {
    const outcomes: Record<string, URL | MesosError> = { a: b };
    const { tried, attempt } = script(outcomes);
    const found = finder([a]);
    await found.reach(attempt, search);
    outcomes.b = failing('NOT_CONNECTED');
    outcomes.a = c;
    await found.reach(attempt, search);
    expect(tried).toStrictEqual(['a', 'b', 'b', 'a', 'c']);
  });

  it('asks anew after a call whose answer got lost, and stays with whom refused one', async () => {
    const outcomes: Record<string, URL | MesosError> = { a: b };
    const { tried, attempt } = script(outcomes);
    const found = finder([a]);
    const writing = { ...search, callType: 'TEARDOWN' };
    await found.reach(attempt, writing);
    outcomes.b = failing('CALL_REFUSED');
    await expect(found.reach(attempt, writing)).rejects.toMatchObject({ code: 'CALL_REFUSED' });
    expect(found.found).toBe(b);
    outcomes.b = failing('CALL_FATE_UNKNOWN');
    await expect(found.reach(attempt, writing)).rejects.toMatchObject({ code: 'CALL_FATE_UNKNOWN' });
    expect(found.found).toBeUndefined();
    expect(tried).toStrictEqual(['a', 'b', 'b', 'b']);
  });

  it('gives up with what the masters say, above those that do not', async () => {
    const { attempt } = script({
      a: failing('NOT_CONNECTED', 'a is away'),
      b: failing('MASTER_NOT_READY', 'b waits'),
    });
    await expect(finder([a, b]).reach(attempt, search)).rejects.toMatchObject({
      code: 'MASTER_NOT_READY',
      message: '[MASTER_NOT_READY] a is away; b waits',
    });
  });

  it('tries again for as long as it has patience', async () => {
    let failures = 3;
    const attempt = async () => {
      if (failures-- > 0) throw failing('NOT_CONNECTED');
      return 'ok';
    };
    expect(await finder([a], 60_000).reach(attempt, search)).toBe('ok');
    failures = 3;
    await expect(finder([a], 1).reach(attempt, search)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    expect(failures).toBe(2);
  });

  it.each(['CALL_REFUSED', 'UNAUTHENTICATED', 'TLS_REFUSED', 'UNEXPECTED_ANSWER'] as const)(
    'does not go on after %s',
    async (code) => {
      const { tried, attempt } = script({ a: failing(code) });
      await expect(finder([a, b], 60_000).reach(attempt, search)).rejects.toMatchObject({ code });
      expect(tried).toStrictEqual(['a']);
    },
  );

  it('sends again what only reads where the connection broke, and nothing else', async () => {
    const outcome = { a: failing('CALL_FATE_UNKNOWN') };
    const reading = script(outcome);
    expect(await finder([a, b]).reach(reading.attempt, search)).toBe('ok');
    const writing = script(outcome);
    await expect(
      finder([a, b], 60_000).reach(writing.attempt, { ...search, callType: 'TEARDOWN' }),
    ).rejects.toMatchObject({ code: 'CALL_FATE_UNKNOWN' });
    expect(writing.tried).toStrictEqual(['a']);
  });

  it('does not follow redirects for ever', async () => {
    const { tried, attempt } = script({ a: b, b: a });
    await expect(finder([a]).reach(attempt, search)).rejects.toMatchObject({
      code: 'REDIRECT_LOOP',
      message: expect.stringContaining('http://a:5050 -> http://b:5050 -> http://a:5050'),
    });
    expect(tried.length).toBe(6);
  });

  it('stops waiting for better times when told to', async () => {
    const stop = new AbortController();
    const attempt = async () => {
      setImmediate(() => stop.abort());
      throw failing('NOT_CONNECTED');
    };
    const reached = finder([a], Number.POSITIVE_INFINITY).reach(attempt, { ...search, signal: stop.signal });
    await expect(reached).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
