import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { arbitraryMessage } from '../../test-helpers/arbitrary-message.ts';
import { recordedStreams } from '../../test-helpers/recorded-streams.ts';
import type { Messages } from '../gen/messages.ts';
import { MesosError } from '../mesos-error.ts';
import { RecordDecoder } from '../recordio/record-decoder.ts';
import { createCodec, type WireFormat } from './codec.ts';

const formats = ['json', 'protobuf'] as const;
const names = [
  'mesos.v1.scheduler.Call',
  'mesos.v1.scheduler.Event',
  'mesos.v1.executor.Event',
  'mesos.v1.master.Response',
  'mesos.v1.agent.Call',
] as const satisfies readonly (keyof Messages)[];

/** Places as parts of the whole, so that they fit bytes of any length. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const edits = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'cut', 'insert', 'duplicate', 'end'),
    at: place,
    to: place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 4 },
);
type Edit = typeof edits extends fc.Arbitrary<(infer One)[]> ? One : never;

function apply(bytes: Buffer, { kind, at, to, bytes: added }: Edit): Buffer {
  const start = Math.floor(at * bytes.length);
  const end = start + Math.floor(to * 20);
  if (kind === 'end') return bytes.subarray(0, start);
  if (kind === 'cut') return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  const inserted = kind === 'duplicate' ? bytes.subarray(start, end) : added;
  const rest = kind === 'flip' ? bytes.subarray(start + added.length) : bytes.subarray(start);
  return Buffer.concat([bytes.subarray(0, start), inserted, rest]);
}

/** A decoded message may be anything, but what is not decoded is one of our errors. */
function decodeOrRefuse(format: WireFormat, name: keyof Messages, bytes: Uint8Array): unknown {
  try {
    return createCodec(format, name).decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MesosError);
    expect((error as MesosError).code).toBe('MALFORMED_MESSAGE');
    return undefined;
  }
}

describe.each(formats)('bytes that are no %s', (format) => {
  it.each(names)('come to a message or one error: mutations of %s', (name) => {
    fc.assert(
      fc.property(arbitraryMessage(name), edits, (message, changes) => {
        const bytes = Buffer.from(createCodec(format, name).encode(message as never));
        decodeOrRefuse(format, name, changes.reduce(apply, bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('come to a message or one error: anything at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        decodeOrRefuse(format, 'mesos.v1.scheduler.Event', bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('mutated recordings', () => {
  const streams = recordedStreams().filter(({ bytes }) => bytes.length > 0 && bytes.length < 20_000);

  it('give the same records, then the same error or none, in whatever chunks they come', () => {
    const outcome = (stream: (typeof streams)[number], bytes: Buffer, chunkBytes: number) => {
      const codec = createCodec(stream.format, stream.message);
      const events: unknown[] = [];
      const decoder = new RecordDecoder((record) => events.push(codec.decode(record)));
      try {
        for (let at = 0; at < bytes.length; at += chunkBytes)
          decoder.push(bytes.subarray(at, at + chunkBytes));
        decoder.end();
        return { events };
      } catch (error) {
        expect(error).toBeInstanceOf(MesosError);
        return { events, message: String(error) };
      }
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        edits,
        fc.integer({ min: 1, max: 3000 }),
        (stream, changes, size) => {
          const bytes = changes.reduce(apply, stream.bytes);
          expect(outcome(stream, bytes, size)).toStrictEqual(outcome(stream, bytes, Infinity));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('bytes made to do harm', () => {
  const refuses = (format: WireFormat, name: keyof Messages, bytes: Uint8Array) =>
    expect(() => createCodec(format, name).decode(bytes)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_MESSAGE' }),
    );

  const nested = (depth: number): Buffer => {
    let bytes = Buffer.from([0x0a, 1, 0x61]);
    for (let level = 0; level < depth; level++)
      bytes = Buffer.concat([protobuf.Writer.create().uint32(18).uint32(bytes.length).finish(), bytes]);
    return bytes;
  };

  it('are refused where container ids lie too deep in one another', () => {
    expect(createCodec('protobuf', 'mesos.v1.ContainerID').decode(nested(90)).value).toBeUndefined();
    refuses('protobuf', 'mesos.v1.ContainerID', nested(3000));
    const json = (depth: number) => Buffer.from(`${'{"parent":'.repeat(depth)}{}${'}'.repeat(depth)}`);
    expect(createCodec('json', 'mesos.v1.ContainerID').decode(json(90))).toBeDefined();
    refuses('json', 'mesos.v1.ContainerID', json(100_000));
  });

  it('are refused where what is unknown lies too deep, as groups or as arrays', () => {
    refuses('protobuf', 'mesos.v1.TaskID', Buffer.alloc(100_000, 0x7b));
    const depth = 100_000;
    refuses('json', 'mesos.v1.TaskID', Buffer.from(`{"later":${'['.repeat(depth)}${']'.repeat(depth)}}`));
  });

  it('are refused by a length alone, before there is room made for it', () => {
    refuses('protobuf', 'mesos.v1.TaskID', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]));
    refuses('protobuf', 'mesos.v1.scheduler.Event.Message', Buffer.from([0x1a, 0xff, 0xff, 0xff, 0x7f, 0]));
  });

  it.each([
    ['an integer of eleven bytes', [0x08, ...new Array(10).fill(0xff), 1]],
    ['an integer without an end', [0x08, 0x80]],
    ['a field with the number 0', [0x00, 0x00]],
    ['a wire type that there is not', [0x0e]],
    ['a group that ends and did not begin', [0x0c]],
    ['a group that does not end', [0xfb, 0x07, 0x08, 0x01]],
  ])('are refused: %s', (_what, bytes) => {
    refuses('protobuf', 'mesos.v1.scheduler.Event', Buffer.from(bytes));
  });

  it('do not take long: a million unknown fields, and as many parts of one list', () => {
    const event = createCodec('protobuf', 'mesos.v1.scheduler.Event.Offers');
    const unknown = Buffer.alloc(2_000_000, Buffer.from([0x78, 0x01]));
    expect(Buffer.from(event.encode(event.decode(unknown))).equals(unknown)).toBe(true);
    const turns = Buffer.alloc(4_000_000, Buffer.from([0x78, 0x01, 0x0a, 0x00]));
    expect(event.decode(turns).offers?.length).toBe(1_000_000);
  });

  it('do not take long: an integer of a million digits', () => {
    const digits = '9'.repeat(1_000_000);
    refuses('json', 'mesos.v1.TimeInfo', Buffer.from(`{"nanoseconds":"${digits}"}`));
    refuses('json', 'mesos.v1.TimeInfo', Buffer.from(`{"nanoseconds":${digits}}`));
  });
});
