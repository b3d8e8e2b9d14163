import { MesosError } from '../mesos-error.ts';

/**
 * 4 MiB, as ZooKeeper's own clients have it. Servers refuse nodes over 1 MiB; only a list of very many
 * children could come near.
 */
export const maximumFrameBytes = 4 * 1024 * 1024;

const headerBytes = 4;

/** Takes the payload of one frame. It is a view: copy what is to outlive the call. */
export type FrameListener = (payload: Uint8Array) => void;

/** Puts the length of four bytes in front. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes + payload.length);
  new DataView(frame.buffer).setInt32(0, payload.length);
  frame.set(payload, headerBytes);
  return frame;
}

/** Cuts what a server sends into frames (length of four bytes, payload), however it arrives in chunks. */
export class FrameDecoder {
  readonly #onFrame: FrameListener;
  readonly #header = new Uint8Array(headerBytes);
  #headerFilled = 0;
  #payload: Uint8Array | undefined;
  #payloadFilled = 0;

  constructor(onFrame: FrameListener) {
    this.#onFrame = onFrame;
  }

  /** Throws RECORD_TOO_LARGE or MALFORMED_MESSAGE; the stream is of no use after that. */
  push(chunk: Uint8Array): void {
    let position = 0;
    while (position < chunk.length)
      position += this.#payload
        ? this.#fillPayload(this.#payload, chunk.subarray(position))
        : this.#fillHeader(chunk.subarray(position));
  }

  #fillHeader(bytes: Uint8Array): number {
    const taken = Math.min(headerBytes - this.#headerFilled, bytes.length);
    this.#header.set(bytes.subarray(0, taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled === headerBytes) this.#begin(new DataView(this.#header.buffer).getInt32(0));
    return taken;
  }

  #begin(length: number): void {
    if (length <= 0) throw new MesosError('MALFORMED_MESSAGE', `ZooKeeper sent a frame of ${length} bytes`);
    if (length > maximumFrameBytes)
      throw new MesosError(
        'RECORD_TOO_LARGE',
        `ZooKeeper sent a frame of ${length} bytes, expected at most ${maximumFrameBytes}`,
      );
    this.#headerFilled = 0;
    this.#payload = new Uint8Array(length);
    this.#payloadFilled = 0;
  }

  #fillPayload(payload: Uint8Array, bytes: Uint8Array): number {
    const taken = Math.min(payload.length - this.#payloadFilled, bytes.length);
    payload.set(bytes.subarray(0, taken), this.#payloadFilled);
    this.#payloadFilled += taken;
    if (this.#payloadFilled === payload.length) {
      this.#payload = undefined;
      this.#onFrame(payload);
    }
    return taken;
  }
}
