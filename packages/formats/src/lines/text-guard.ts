import { malformed } from '../malformed.ts';
import { recogniseBinary } from '../signatures.ts';

/** The longest signature that is looked for. */
const lookedAt = 6;

/** Refuses what is no text: compressed files and UTF-16 by their first bytes, and NUL bytes anywhere. */
export class TextGuard {
  readonly #format: string;
  #offset = 0;
  #beginning = Buffer.alloc(0);

  constructor(format: string) {
    this.#format = format;
  }

  push(bytes: Buffer): void {
    if (this.#beginning.length < lookedAt) {
      this.#beginning = Buffer.concat([
        this.#beginning,
        bytes.subarray(0, lookedAt - this.#beginning.length),
      ]);
      const binary = recogniseBinary(this.#beginning);
      if (binary !== undefined) throw malformed(binary, 0);
    }
    const nul = bytes.indexOf(0);
    if (nul !== -1) {
      const text = `found a NUL byte, so this is not a text file; expected ${this.#format}. Was it compressed or damaged?`;
      throw malformed(text, this.#offset + nul);
    }
    this.#offset += bytes.length;
  }
}
