/**
 * Where a message keeps what a newer Mesos has put into it and this client does not know: fields, and values of
 * enums. Encoded again in the same wire format, the message has them still, and so has a copy (`{ ...message }`).
 * The key is absent where there is nothing unknown.
 */
export const unknownFields: unique symbol = Symbol('unknownFields');

/** Fields as protobuf has them, each with its tag, in the order in which they came. */
export class UnknownProtobufFields {
  readonly numbers = new Set<number>();
  #bytes = new Uint8Array();
  #length = 0;

  /** Adds a field; a message may have millions of them, so that room is made in steps that double. */
  append(number: number, field: Uint8Array): void {
    const length = this.#length + field.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(this.#length === 0 ? length : 2 * length);
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(field, this.#length);
    this.#length = length;
    this.numbers.add(number);
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Fields of JSON by name; of a list of enum values only those that are unknown. */
export class UnknownJsonFields {
  readonly fields = new Map<string, unknown>();
}

type MayHaveUnknown = { readonly [unknownFields]?: unknown };

/**
 * What protobuf decoding has kept in this message, if anything. Only what the decoder itself has made counts: no
 * message can be made by hand that is encoded to something else than was checked.
 */
export function unknownProtobufFields(message: object): UnknownProtobufFields | undefined {
  const unknown = (message as MayHaveUnknown)[unknownFields];
  return unknown instanceof UnknownProtobufFields ? unknown : undefined;
}

/** What JSON decoding has kept in this message, if anything. */
export function unknownJsonFields(message: object): ReadonlyMap<string, unknown> | undefined {
  const unknown = (message as MayHaveUnknown)[unknownFields];
  return unknown instanceof UnknownJsonFields ? unknown.fields : undefined;
}

/** Whether a value of this field is kept as unknown: one of an enum, or in protobuf one of another type. */
export function isKept(message: object, field: { readonly name: string; readonly number: number }): boolean {
  const inProtobuf = unknownProtobufFields(message)?.numbers.has(field.number) ?? false;
  return inProtobuf || (unknownJsonFields(message)?.has(field.name) ?? false);
}
