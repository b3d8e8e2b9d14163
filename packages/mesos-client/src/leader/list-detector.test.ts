import { describe, expect, it } from 'vitest';
import { createMasterDetector } from './create-master-detector.ts';
import { parseMasterAddress } from './master-address.ts';

describe('the detector of a list', () => {
  const never = new AbortController().signal;

  it('has the masters in the order given, as they stand', async () => {
    const detector = createMasterDetector(parseMasterAddress('b:2,a:1'), {
      rewrite: () => new URL('http://elsewhere'),
    });
    const masters = await detector.candidates(never);
    expect(masters.map(({ origin }) => origin)).toStrictEqual(['http://b:2', 'http://a:1']);
    expect(detector.trouble).toBeUndefined();
    detector.onLeader(() => expect.unreachable('a list does not know who leads'))();
    await detector.close();
  });

  it('says when it is closed or aborted', async () => {
    const detector = createMasterDetector(parseMasterAddress('a'));
    await expect(detector.candidates(AbortSignal.abort('enough'))).rejects.toMatchObject({
      code: 'ABORTED',
      cause: 'enough',
    });
    await detector.close();
    await expect(detector.candidates(never)).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });
});
