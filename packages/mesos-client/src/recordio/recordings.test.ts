import { describe, expect, it } from 'vitest';
import { type RecordedStream, recordedStreams } from '../../test-helpers/recorded-streams.ts';
import { withoutUnknown } from '../../test-helpers/without-unknown.ts';
import { createCodec } from '../codec/codec.ts';
import { RecordDecoder } from './record-decoder.ts';

const streams = recordedStreams();

function decode(stream: RecordedStream, chunks: Iterable<Uint8Array>): unknown[] {
  const codec = createCodec(stream.format, stream.message);
  const events: unknown[] = [];
  const decoder = new RecordDecoder((record) => events.push(codec.decode(record)));
  for (const chunk of chunks) decoder.push(chunk);
  decoder.end();
  return events;
}

function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let position = 0; position < bytes.length; position += size)
    yield bytes.subarray(position, position + size);
}

function cut(chunks: Iterable<Uint8Array>): Buffer[] {
  const records: Buffer[] = [];
  const decoder = new RecordDecoder((record) => records.push(Buffer.from(record)));
  for (const chunk of chunks) decoder.push(chunk);
  decoder.end();
  return records;
}

const framed = (records: readonly Buffer[]): Buffer =>
  Buffer.concat(records.flatMap((record) => [Buffer.from(`${record.length}\n`), record]));

const nearby = 30;
const step = 101;

/** Every place to split such records at; of large ones all places near the ends and some between. */
function splitsOf(records: readonly Buffer[]): number[] {
  const splits = new Set<number>();
  let start = 0;
  for (const record of records) {
    const end = start + framed([record]).length;
    for (
      let at = start;
      at < end;
      at += at < start + nearby || at > end - nearby || end - start < 1000 ? 1 : step
    )
      splits.add(at);
    for (let at = end - nearby; at <= end; at++) splits.add(Math.max(at, 0));
    start = end;
  }
  return [...splits];
}

describe('recorded streams of Mesos 1.11.0', () => {
  it('are there, in both wire formats', () => {
    expect(streams.length).toBeGreaterThan(80);
    expect(streams.flatMap(({ records }) => records).length).toBeGreaterThan(900);
    expect(new Set(streams.map(({ format }) => format)).size).toBe(2);
  });

  describe.each(streams)('$file, line $line', (stream) => {
    it('decodes to its records, in one piece', () => {
      const json = createCodec('json', stream.message);
      const expected = stream.records.map((record) => json.decode(record));
      // In protobuf a real Mesos sends a few fields that its own API files do not have; its JSON leaves them out.
      const events = decode(stream, [stream.bytes]);
      expect(withoutUnknown(events)).toStrictEqual(withoutUnknown(expected));
    });

    it('decodes to the same in pieces of one byte and of a thousand', () => {
      const expected = decode(stream, [stream.bytes]);
      expect(decode(stream, pieces(stream.bytes, 1))).toStrictEqual(expected);
      expect(decode(stream, pieces(stream.bytes, 1000))).toStrictEqual(expected);
    });

    it('is cut into the same records wherever it is split in two', () => {
      const records = cut([stream.bytes]);
      expect(framed(records).equals(stream.bytes)).toBe(true);
      // A split concerns only the record that it goes through, and where the next begins: two at a time will do.
      for (let at = 0; at < records.length; at += 2) {
        const near = records.slice(at, at + 2);
        const bytes = framed(near);
        const wrong = splitsOf(near).filter((split) => {
          let found = 0;
          const decoder = new RecordDecoder((record) => {
            if (near[found]?.equals(record)) found += 1;
          });
          decoder.push(bytes.subarray(0, split));
          decoder.push(bytes.subarray(split));
          decoder.end();
          return found !== near.length;
        });
        expect(wrong).toStrictEqual([]);
      }
    });

    it('is an error where it ends inside a record, and only there', () => {
      const ends = new Set([0]);
      let end = 0;
      for (const record of cut([stream.bytes])) {
        end += framed([record]).length;
        ends.add(end);
      }
      const every = Math.ceil((stream.bytes.length + 1) / 500);
      for (let length = 0; length <= stream.bytes.length; length += every) {
        const attempt = () => cut([stream.bytes.subarray(0, length)]);
        if (ends.has(length)) attempt();
        else expect(attempt).toThrow(expect.objectContaining({ code: 'MALFORMED_RECORD' }));
      }
    });
  });
});
