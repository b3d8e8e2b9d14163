import { createCodec, RecordDecoder, type scheduler } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { endOf, eventsOf, rescind, subscribe, typesOf, useMasters } from '../test-helpers/subscriber.ts';
import type { SchedulerStream } from './scheduler/scheduler-exchange.ts';

const listen = useMasters();

describe('a stream', () => {
  it.each([1, 7, 1000])('can send an event in pieces of %i bytes', async (size) => {
    const { stream, chunks } = await subscribe(await listen());
    await stream.sendInPieces(rescind, size);
    stream.send({ type: 'HEARTBEAT' });
    await expect.poll(() => eventsOf(chunks).slice(2)).toStrictEqual([rescind, { type: 'HEARTBEAT' }]);
  });

  it('tells when a flood of events has drained', async () => {
    const { response, stream } = await subscribe(await listen());
    response.pause();
    let hasDrained = false;
    const flood = Buffer.alloc(2 ** 24, 'x');
    const drained = stream
      .sendRecord(flood)
      .drained()
      .then(() => {
        hasDrained = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hasDrained).toBe(false);
    response.resume();
    await drained;
  });

  it('can send several events in one chunk', async () => {
    const { stream, chunks } = await subscribe(await listen());
    await expect.poll(() => typesOf(chunks)).toHaveLength(2);
    const before = chunks.length;
    stream.sendTogether(rescind, rescind, rescind);
    await expect.poll(() => typesOf(chunks)).toHaveLength(5);
    expect(chunks).toHaveLength(before + 1);
  });

  it('can end in good order, without a last chunk, with a reset, and inside a record', async () => {
    const master = await listen();
    const ends = {
      end: (stream: SchedulerStream) => stream.end(),
      breakOff: (stream: SchedulerStream) => stream.breakOff(),
      reset: (stream: SchedulerStream) => stream.reset(),
      truncate: (stream: SchedulerStream) => stream.sendTruncated(rescind),
    };
    const found: Record<string, unknown> = {};
    for (const [name, apply] of Object.entries(ends)) {
      const { response, stream, chunks } = await subscribe(master);
      await expect.poll(() => typesOf(chunks)).toHaveLength(2);
      const end = endOf(response);
      apply(stream);
      found[name] = await end;
      expect(stream.isOpen).toBe(false);
      await stream.closed;
      const decoder = new RecordDecoder(() => {});
      for (const chunk of chunks) decoder.push(chunk);
      if (name === 'truncate') expect(() => decoder.end()).toThrow('inside a record');
    }
    expect(found).toStrictEqual({
      end: 'last chunk',
      breakOff: 'ECONNRESET',
      reset: 'ECONNRESET',
      truncate: 'last chunk',
    });
  });

  it('can fall silent and stay open', async () => {
    const { stream, chunks } = await subscribe(await listen({ heartbeatSeconds: 0.01 }));
    await expect.poll(() => chunks.length).toBeGreaterThan(2);
    stream.fallSilent().send(rescind);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const heard = chunks.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(chunks).toHaveLength(heard);
    expect(stream.isOpen).toBe(true);
    stream.speakAgain();
    await expect.poll(() => chunks.length).toBeGreaterThan(heard);
    expect(typesOf(chunks)).not.toContain('RESCIND');
  });

  it('can send a state of a task that no client knows', async () => {
    const { stream, chunks } = await subscribe(await listen());
    stream.sendUpdateOfUnknownState({ task_id: { value: 't' } });
    await expect.poll(() => Buffer.concat(chunks).toString()).toContain('"state":"TASK_NOT_YET_INVENTED"');
    expect(typesOf(chunks).at(-1)).toBe('UPDATE');
  });

  it('can send what no client should choke on, or should', async () => {
    const { stream, chunks } = await subscribe(await listen());
    await expect.poll(() => typesOf(chunks)).toHaveLength(2);
    chunks.length = 0;
    stream
      .sendUnknownType()
      .sendGarbageLength()
      .announceRecord(2 ** 40);
    const expected = '27\n{"type":"NOT_YET_INVENTED"}twelve\n1099511627776\n';
    await expect.poll(() => Buffer.concat(chunks).toString()).toBe(expected);
  });
});

describe('a protobuf stream', () => {
  it('can send what comes from a later Mesos', async () => {
    const codec = createCodec('protobuf', 'mesos.v1.scheduler.Event');
    const master = await listen();
    const { stream, response, chunks } = await subscribe(master, undefined, {
      Accept: 'application/x-protobuf',
    });
    const end = endOf(response);
    const status = { task_id: { value: 't' }, agent_id: { value: 'a' }, message: 'TASK_RUNNING' };
    stream.sendUnknownType().sendUpdateOfUnknownState(status).end();
    expect(await end).toBe('last chunk');
    const found: scheduler.Event[] = [];
    const decoder = new RecordDecoder((record) => found.push(codec.decode(record)));
    for (const chunk of chunks) decoder.push(chunk);
    expect(found.map(({ type }) => type)).toStrictEqual(['SUBSCRIBED', 'HEARTBEAT', undefined, 'UPDATE']);
    expect(found[3]?.update?.status).toMatchObject(status);
    expect(found[3]?.update?.status.state).toBeUndefined();
  });
});
