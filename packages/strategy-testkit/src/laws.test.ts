import { stat } from 'node:fs/promises';
import type { Merge, Part, Strategy } from '@galaxy-mesos/parallelism';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Law } from './law.ts';
import { mergeLaws } from './merge-laws.ts';
import { strategyLaws } from './strategy-laws.ts';

/** Names of the laws that do not hold. */
async function broken(laws: readonly Law[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, run } of laws) {
    const failed = await run().then(
      () => false,
      () => true,
    );
    if (failed) names.push(name);
  }
  return names;
}

const lawsOf = (title: string, laws: readonly Law[]): readonly Law[] =>
  laws.filter(({ name }) => name.includes(title));

/** Cuts a file after each byte: the simplest strategy of which all laws hold. */
const bytes: Strategy = {
  name: 'bytes',
  description: 'Cuts after each byte.',
  parameters: z.strictObject({}),
  inputs: { least: 1, most: 1 },
  valueNames: async () => ['number'],
  async *plan([input], _, { signal }) {
    if (!input) throw new Error('no input');
    const [path] = input.paths;
    const { size } = await stat(path).catch((cause) => {
      throw Object.assign(new Error(`${path} cannot be read`, { cause }), { name: 'PlanError' });
    });
    for (let index = 0; index < Math.max(1, size); index += 1) {
      signal?.throwIfAborted();
      const pieces = [{ kind: 'range', path, offset: index, length: Math.min(1, size) }] as const;
      yield {
        index,
        slices: [{ input: input.name, pieces }],
        values: { number: `${index}` },
        records: 0,
        cost: 1,
      };
    }
  },
};

const claims = {
  samples: [
    { title: 'some bytes', inputs: { file: 'abcba' } },
    { title: 'nothing', inputs: { file: '' } },
  ],
  recordsOf: (file: Buffer) => [...file.toString('latin1')],
  rejoin: { merge: 'concat' },
};

/** The strategy with parts that are not quite right. */
const changed = (change: (part: Part) => Part | readonly Part[], more: Partial<Strategy> = {}): Strategy => ({
  ...bytes,
  ...more,
  async *plan(...request) {
    for await (const part of bytes.plan(...request)) yield* [change(part)].flat();
  },
});

const cutTo =
  (length: (index: number) => number) =>
  (part: Part): Part => ({
    ...part,
    slices: part.slices.map((slice) => ({
      ...slice,
      pieces: slice.pieces.map((piece) =>
        piece.kind === 'range' ? { ...piece, length: length(part.index) } : piece,
      ),
    })),
  });

let labels = 0;

function anotherLabel(): string {
  labels += 1;
  return `label ${labels}`;
}

describe('strategyLaws', () => {
  it('all hold of a strategy that is right', async () => {
    expect(await broken(strategyLaws(bytes, claims))).toEqual([]);
  });

  it.each([
    ['loses a byte', changed((part) => (part.index === 3 ? [] : part)), 'tells parts in order'],
    [
      'loses what a part has',
      changed(cutTo((index) => (index === 1 ? 0 : 1))),
      'has every record in exactly one part',
    ],
    ['loses what a part has', changed(cutTo((index) => (index === 1 ? 0 : 1))), 'gives its inputs back'],
    [
      'has a byte twice',
      changed(cutTo((index) => (index === 1 ? 2 : 1))),
      'has every record in exactly one part',
    ],
    ['reaches beyond the file', changed(cutTo(() => 9)), 'a shell can cut'],
    [
      'names an input that there is not',
      changed((part) => ({ ...part, slices: [{ input: 'x', pieces: [] }] })),
      'tells parts',
    ],
    [
      'gives a value without a name',
      changed((part) => ({ ...part, values: { number: '1', more: '2' } })),
      'values that it names',
    ],
    [
      'plans differently each time',
      changed((part) => ({ ...part, label: anotherLabel() })),
      'plans the same again',
    ],
    ['takes any parameter', { ...bytes, parameters: z.object({}) }, 'refuses a parameter'],
    [
      'does not listen to its signal',
      {
        ...bytes,
        plan: (inputs, parameters, context) =>
          bytes.plan(inputs, parameters, { ...context, signal: undefined }),
      },
      'was aborted before',
    ],
    [
      'throws what the file system says',
      {
        ...bytes,
        async *plan(inputs, ...rest) {
          await stat(inputs[0]?.paths[0] ?? '');
          yield* bytes.plan(inputs, ...rest);
        },
      },
      'names the file',
    ],
  ] satisfies [string, Strategy, string][])('find a strategy that %s', async (_, strategy, law) => {
    expect(await broken(lawsOf(law, strategyLaws(strategy, claims)))).not.toEqual([]);
  });
});

const joinedBy = (command: string): Merge => ({
  name: 'joined',
  description: 'Joins.',
  parameters: z.strictObject({}),
  how: { kind: 'command', command: () => command },
});
const samples = [{ title: 'three parts', parts: ['a\n', 'b\n', 'a\n'], result: 'a\nb\na\n' }];

describe('mergeLaws', () => {
  it('all hold of a merge that is right', async () => {
    expect(await broken(mergeLaws(joinedBy('xargs -0 cat -- < parts.list > merged'), { samples }))).toEqual(
      [],
    );
  });

  it.each([
    ['sorts', 'xargs -0 cat -- < parts.list | sort > merged', 'makes one result'],
    ['leaves a file behind', 'xargs -0 cat -- < parts.list > all; cp all merged', 'makes one result'],
    ['adds a line', '{ echo x; xargs -0 cat -- < parts.list; } > merged', 'joined alone'],
    ['counts', 'xargs -0 cat -- < parts.list | wc -l > merged', 'joined groups'],
    ['does not miss a part', 'xargs -0 cat -- < parts.list > merged || true', 'fails if a part is missing'],
    ['writes no result', 'true', 'makes one result'],
    [
      'marks each part',
      `xargs -0 -n 1 sh -c 'cat "$0"; echo' < parts.list > merged`,
      'passes over empty parts',
    ],
  ])('find a merge that %s', async (_, command, law) => {
    expect(await broken(lawsOf(law, mergeLaws(joinedBy(command), { samples })))).not.toEqual([]);
  });
});
