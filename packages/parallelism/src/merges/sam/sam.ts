import { recordFormatNamed } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { wrongPart } from '../files/name-part.ts';
import { type HeaderUnion, joinFrames } from '../header/join-frames.ts';
import type { PartFrame } from '../header/part-frame.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { SamHeaders } from './sam-headers.ts';

/** One header for all parts, each of which has one, or none has. */
class SamHeaderUnion implements HeaderUnion {
  readonly #headers = new SamHeaders();
  #hasHeader: boolean | undefined;

  add({ part, header }: PartFrame): void {
    const hasHeader = header.length > 0;
    this.#hasHeader ??= hasHeader;
    if (hasHeader !== this.#hasHeader) {
      const [found, expected] = hasHeader ? ['has a header', 'none'] : ['has no header', 'one'];
      throw wrongPart(part, `${found}, expected ${expected} as in the parts before it`, { line: 1 });
    }
    if (hasHeader) this.#headers.add(part, Buffer.from(header).toString('latin1'));
  }

  get header(): Uint8Array {
    return Buffer.from(this.#headers.text, 'latin1');
  }
}

const join = async (request: JoinRequest<Record<string, never>>): Promise<void> => {
  const parts = expectParts('sam', request);
  await joinFrames(request, parts, recordFormatNamed('sam'), new SamHeaderUnion());
};

/** Joins files of SAM, in the order of the parts. */
export const sam: Merge<Record<string, never>> = {
  name: 'sam',
  description:
    'Joins SAM: one header that unites those of the parts, then the alignments of all parts in their order. What is ' +
    'to be in the order of the reference is joined by the merge "sorted".',
  parameters: z.strictObject({}),
  how: { kind: 'here', join },
};
