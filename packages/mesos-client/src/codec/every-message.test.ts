import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryMessage } from '../../test-helpers/arbitrary-message.ts';
import type { Messages } from '../gen/messages.ts';
import { messageRows } from '../gen/shapes.ts';
import { createCodec, type WireFormat } from './codec.ts';

const formats: readonly WireFormat[] = ['json', 'protobuf'];
const names = Object.keys(messageRows) as (keyof Messages)[];

/** The messages that clients and Mesos exchange hold all others: they are tried more often. */
const isConversation = (name: string): boolean => /\.(Call|Event|Response|ProcessIO)$/.test(name);

describe('every message', () => {
  it('is there', () => {
    expect(names.length).toBeGreaterThan(340);
    expect(names.filter(isConversation).length).toBeGreaterThan(9);
  });

  it.each(names)('%s comes out of both codecs as it went in', (name) => {
    const codecs = formats.map((format) => createCodec(format, name));
    fc.assert(
      fc.property(arbitraryMessage(name), (message) => {
        for (const codec of codecs)
          expect(codec.decode(codec.encode(message as never))).toStrictEqual(message);
      }),
      { numRuns: isConversation(name) ? 100 : 10 },
    );
  });
});
