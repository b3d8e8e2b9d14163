import type { Messages } from '../gen/messages.ts';
import { jsonCodec } from './json-codec.ts';
import { messageShape } from './message-shape.ts';
import { protobufCodec } from './protobuf-codec.ts';

/** How messages are written on the wire. */
export type WireFormat = 'json' | 'protobuf';

/**
 * Turns messages into bytes and back. The codecs of both wire formats take and give the same plain objects:
 * field names as on the wire, enums by name, 64-bit integers as `bigint`, bytes as `Uint8Array`; what is
 * unset, an empty list or an empty map is absent.
 */
export interface Codec<T> {
  readonly contentType: 'application/json' | 'application/x-protobuf';
  /** Throws INVALID_MESSAGE where the value is no such message, and for calls that crash a master or agent. */
  encode(value: T): Uint8Array;
  /**
   * Fields and enum values that it does not know count as unset, but are kept under `unknownFields`. Throws
   * MALFORMED_MESSAGE where the bytes are not such a message. Required fields are not insisted on.
   */
  decode(bytes: Uint8Array): T;
}

/** The codec of the message with this full name, such as `mesos.v1.scheduler.Call`. */
export function createCodec<Name extends keyof Messages>(
  format: WireFormat,
  name: Name,
): Codec<Messages[Name]> {
  const shape = messageShape(name);
  return format === 'json' ? jsonCodec(shape) : protobufCodec(shape);
}
