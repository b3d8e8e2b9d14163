import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { contributedMerge, contributedStrategy } from './contributed.ts';
import type { Merge } from './merges/merge.ts';
import type { Part, Strategy } from './strategy.ts';
import { planContext } from './testing/plan-context.ts';

const part = { index: 0, slices: [], values: { v: '1' }, records: 0, cost: 1 };

/** Its parts are whatever a module without types may give. */
function planned(plan: (signal?: AbortSignal) => unknown, signal?: AbortSignal): Promise<readonly Part[]> {
  const strategy: Strategy = {
    name: 'mine',
    description: 'Mine.',
    parameters: z.strictObject({}),
    inputs: { least: 0, most: 1 },
    valueNames: async () => ['v'],
    plan: (_inputs, _parameters, context) => plan(context.signal) as AsyncGenerator<Part>,
  };
  const contributed = contributedStrategy(strategy, '/m.js');
  return Array.fromAsync(contributed.plan([{ name: 'x', paths: ['/x'] }], {}, planContext({ signal })));
}

const giving = (...parts: readonly unknown[]) =>
  async function* () {
    yield* parts;
  };

const range = (changes: object) => ({
  ...part,
  slices: [{ input: 'x', pieces: [{ kind: 'range', path: '/x', offset: 0, length: 1, ...changes }] }],
});

describe('a strategy of a contributor', () => {
  it('gives its parts as they are', async () => {
    const parts = [part, { ...range({}), index: 1, label: 'second' }];
    expect(await planned(giving(...parts))).toEqual(parts);
  });

  it.each([
    ['no part', giving(), 'it gives no part'],
    ['no generator', () => 5, 'plan: expected an async generator'],
    ['a part without slices', giving({ index: 0 }), 'part 0: slices: '],
    ['a number of a part that is not the next', giving(part, part), 'part 1: its index is 0'],
    ['a value that is no text', giving({ ...part, values: { v: 7 } }), 'part 0: values.v: '],
    ['no value', giving({ ...part, values: {} }), '{v} is either in its values or in valueNames'],
    ['a value too many', giving({ ...part, values: { v: '', w: '' } }), '{w} is either'],
    ['a range before the file', giving(range({ offset: -1 })), 'slices.0.pieces.0.offset: '],
    ['a range of no length', giving(range({ length: Number.NaN })), 'slices.0.pieces.0.length: '],
    ['a relative path', giving(range({ path: 'x' })), 'slices.0.pieces.0.path: expected an absolute path'],
    [
      'a slice of nothing',
      giving({ ...part, slices: [{ input: 'y', pieces: [] }] }),
      'there is no input "y"',
    ],
    [
      'a fault of its own',
      async function* () {
        yield part;
        throw new TypeError('x is undefined');
      },
      'has failed: TypeError: x is undefined',
    ],
  ])('is told apart that gives %s', async (_, plan, message) => {
    const failure = await planned(plan as () => unknown).then(JSON.stringify, String);
    expect(failure).toContain('PlanError: [INVALID_CONTRIBUTION] strategy mine of /m.js');
    expect(failure).toContain(message);
  });

  it('says itself what is wrong with files, and why it was ended', async () => {
    const system = Object.assign(new Error('EACCES'), { syscall: 'open', path: '/x' });
    const refused = planned(async function* () {
      yield part;
      throw system;
    });
    await expect(refused).rejects.toBe(system);
    const reason = new Error('enough');
    const ended = planned(async function* (signal) {
      yield part;
      signal?.throwIfAborted();
    }, AbortSignal.abort(reason));
    await expect(ended).rejects.toBe(reason);
  });

  it('is ended in order where no more parts are asked for', async () => {
    let isEnded = false;
    const parts = async function* () {
      try {
        yield part;
        yield { ...part, index: 9 };
      } finally {
        isEnded = true;
      }
    };
    await expect(planned(parts)).rejects.toThrow('its index is 9');
    expect(isEnded).toBe(true);
  });
});

describe('the choice of a merge by a contributor’s strategy', () => {
  it('is told of with its module where it fails', () => {
    const strategy = contributedStrategy(
      {
        name: 'mine',
        description: 'Mine.',
        parameters: z.strictObject({}),
        inputs: { least: 0, most: 0 },
        merge: () => {
          throw new TypeError('x');
        },
        async *plan() {},
      },
      '/m.js',
    );
    expect(() => strategy.merge?.({}, { fileName: 'o' })).toThrow(
      'strategy mine of /m.js has failed: TypeError: x',
    );
  });
});

describe('a merge of a contributor', () => {
  const joined = async (join: (destination: string) => Promise<void>): Promise<string> => {
    const directory = await mkdtemp(path.join(tmpdir(), 'contributed-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const parameters = z.strictObject({});
    const how = {
      kind: 'here',
      join: ({ destination }: { destination: string }) => join(destination),
    } as const;
    const merge: Merge = { name: 'mine', description: 'Mine.', parameters, how };
    const contributed = contributedMerge(merge, '/m.js').how;
    if (contributed.kind !== 'here') throw new Error('it was joined here');
    const request = { parts: [], parameters: {}, destination: path.join(directory, 'merged') };
    return contributed.join(request).then(() => 'made', String);
  };

  it('is told of with its module where it fails, or makes nothing', async () => {
    expect(await joined((destination) => writeFile(destination, ''))).toBe('made');
    expect(await joined(async () => {})).toContain('merge mine of /m.js: it has made no result');
    expect(await joined(() => Promise.reject(new TypeError('x')))).toContain(
      'of /m.js has failed: TypeError: x',
    );
  });
});
