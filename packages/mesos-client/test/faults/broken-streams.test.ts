import { type SchedulerStream, ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import type { SchedulerEvent } from '../../src/index.ts';
import { useClosing } from '../../test-helpers/closing.ts';

const { closing, subscribed } = useClosing();

const rescind: SchedulerEvent = { type: 'RESCIND', rescind: { offer_id: { value: 'größer 😀' } } };
const formats = ['json', 'protobuf'] as const;

describe.each(formats)('an event stream in %s', (contentType) => {
  it.each([1, 2, 3, 7])('that comes in pieces of %i bytes gives the same events', async (size) => {
    const master = closing(await ScriptedMaster.listen());
    const test = await subscribed(master.url, { contentType });
    await (await master.nextSubscription()).sendInPieces(rescind, size);
    expect(await test.next('RESCIND')).toStrictEqual(rescind);
  });

  it('that has several events in one piece gives all of them', async () => {
    const master = closing(await ScriptedMaster.listen());
    const test = await subscribed(master.url, { contentType });
    (await master.nextSubscription()).sendTogether(rescind, { type: 'HEARTBEAT' }, rescind);
    expect(await test.next('RESCIND')).toStrictEqual(rescind);
    expect(await test.next('RESCIND')).toStrictEqual(rescind);
  });

  it.each<[string, string, (stream: SchedulerStream) => void]>([
    ['CONNECTION_LOST', 'ends inside a record', (stream) => stream.sendTruncated(rescind)],
    ['CONNECTION_LOST', 'is cut off', (stream) => stream.breakOff()],
    ['CONNECTION_LOST', 'is reset', (stream) => stream.reset()],
    ['MALFORMED_RECORD', 'has a length that is none', (stream) => stream.sendGarbageLength()],
    ['RECORD_TOO_LARGE', 'announces a giant record', (stream) => stream.announceRecord(2 ** 40)],
    ['MALFORMED_MESSAGE', 'has a record that is no message', (stream) => stream.sendRecord('\xff<html>')],
  ])('is lost by %s when it %s, and subscribed at again', async (code, _how, break_) => {
    const master = closing(await ScriptedMaster.listen());
    const test = await subscribed(master.url, { contentType });
    break_(await master.nextSubscription());
    expect((await test.next('DISCONNECTED')).reason.code).toBe(code);
    await test.next('SUBSCRIBED');
    (await master.nextSubscription()).send(rescind);
    await test.next('RESCIND');
  });

  it('with empty records loses none of the others', async () => {
    const master = closing(await ScriptedMaster.listen());
    const test = await subscribed(master.url, { contentType });
    (await master.nextSubscription())
      .sendRecord('')
      .send(rescind)
      .sendRecord('')
      .sendRecord('')
      .send(rescind);
    await test.next('RESCIND');
    await test.next('RESCIND');
  });

  it('with events and values from a later Mesos loses none of those it knows', async () => {
    const master = closing(await ScriptedMaster.listen());
    const test = await subscribed(master.url, { contentType });
    (await master.nextSubscription()).sendUnknownType().send(rescind);
    await test.next('RESCIND');
  });
});

describe('a session that has ended', () => {
  it.each(['close', 'abort', 'refusal'])('by %s leaves no socket and no timer behind', async (end) => {
    // What the runner itself holds open does not count.
    const others = process.getActiveResourcesInfo().length;
    const master = closing(await ScriptedMaster.listen());
    const abort = new AbortController();
    const test = await subscribed(master.url, {}, abort.signal);
    await test.session.send({ type: 'REVIVE' });
    if (end === 'close') await test.session.close();
    else if (end === 'abort') abort.abort();
    else
      (await master.nextSubscription()).send({ type: 'ERROR', error: { message: 'Framework failed over' } });
    if (end !== 'close') await test.session.close();
    await master.close();
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(others);
  });
});
