import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  builtIn,
  type Catalog,
  type JoinPart,
  type Merge,
  type MergeChoice,
} from '@galaxy-mesos/parallelism';
import { assertOwnError, refusalOf } from './expect-refusal.ts';
import { type Join, joinIn } from './join-in.ts';
import { type Law, lawIn } from './law.ts';
import { lawsOfParameters } from './laws/parameter-laws.ts';
import { bytesOf, type Content } from './sample.ts';

/** Results of parts, and what they come to. */
export interface JoinSample {
  /** What is special about it, as it stands in the names of laws: `an empty part between two`. */
  readonly title: string;
  /** In order. */
  readonly parts: readonly Content[];
  /** Of each part, where they have names besides their numbers. */
  readonly labels?: readonly string[];
  /** Of each part, what stood for the names in its command. */
  readonly values?: readonly Readonly<Record<string, string>>[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What the result holds, or a look at it which throws if it is wrong; what is claimed nothing of is not compared. */
  readonly result?: Content | ((result: Buffer) => void | Promise<void>);
}

/** What a merge is checked with. */
export interface MergeClaims {
  readonly samples: readonly JoinSample[];
  /**
   * Results are of the format of the parts: one part alone is its own result, and groups of parts can be joined first,
   * as a tree of joins does. Not so of counts and collections. True where it is not said.
   */
  readonly closed?: boolean;
  /**
   * What a part without a byte is: `nothing` (where it is not said), passed over; `refused`, as no file of the format is
   * empty; `content` like any other.
   */
  readonly emptyParts?: 'nothing' | 'refused' | 'content';
  /** Whether all parts must be there (true where it is not said): not so of a merge that takes one of them. */
  readonly needsAll?: boolean;
  /** Parts that do not fit together: refused with an error that names one of them, or what `names` says. */
  readonly refused?: readonly (JoinSample & { readonly names?: string | RegExp })[];
  /** Parameters that it refuses. */
  readonly refusedParameters?: readonly Readonly<Record<string, unknown>>[];
}

/** The laws that hold of every merge, and those that follow from what is claimed of this one. */
export const mergeLaws = (merge: Merge, claims: MergeClaims): readonly Law[] => [
  ...lawsOfParameters(merge, {
    accepted: claims.samples.map(({ parameters = {} }) => parameters),
    refusedParameters: claims.refusedParameters ?? [],
  }),
  ...claims.samples.flatMap((sample) => sampleLaws(merge, sample, claims)),
  ...(claims.refused ?? []).map((sample) =>
    lawIn(`${merge.name} refuses ${sample.title}, and says of what`, async (directory) => {
      const parts = await layOutParts(sample, directory);
      const refusal = await failedJoin(directory, choiceOf(merge, sample), {
        parts,
        catalog: catalogOf(merge),
      });
      if (merge.how.kind === 'here') assertOwnError(refusal, sample.names ?? anyOf(parts));
    }),
  ),
];

const catalogOf = (merge: Merge): Catalog => ({
  ...builtIn,
  merges: [merge, ...builtIn.merges.filter(({ name }) => name !== merge.name)],
});

const choiceOf = ({ name }: Merge, { parameters = {} }: JoinSample): MergeChoice => ({
  merge: name,
  parameters,
});

/** Parts are called by their numbers, by their labels, or by their files. */
const anyOf = (parts: readonly JoinPart[]): readonly string[] =>
  parts.flatMap(({ path: file, label }, index) => [file, label ?? `part ${index + 1}`]);

async function layOutParts(
  { parts, labels, values }: JoinSample,
  directory: string,
): Promise<readonly JoinPart[]> {
  await mkdir(path.join(directory, 'parts'));
  return Promise.all(
    parts.map(async (content, index) => {
      const file = path.join(directory, 'parts', `result ${index}`);
      await writeFile(file, bytesOf(content));
      return {
        path: file,
        ...(labels?.[index] !== undefined && { label: labels[index] }),
        ...(values?.[index] && { values: values[index] }),
      };
    }),
  );
}

/** Joins, which must fail, and must leave nothing behind; a command's own files are of no value then. */
async function failedJoin(directory: string, choice: MergeChoice, join: Join): Promise<unknown> {
  const place = path.join(directory, 'failed');
  const refusal = await refusalOf(() => joinIn(place, choice, join), `the merge ${choice.merge}`);
  const isHere = join.catalog?.merges.some(({ name, how }) => name === choice.merge && how.kind === 'here');
  if (isHere) assert.deepEqual(await readdir(place), [], 'the merge that failed has left files behind');
  return refusal;
}

function sampleLaws(merge: Merge, sample: JoinSample, claims: MergeClaims): readonly Law[] {
  const { closed = true, emptyParts = 'nothing', needsAll = true } = claims;
  const catalog = catalogOf(merge);
  const choice = choiceOf(merge, sample);
  const law = (title: string, check: (directory: string, parts: readonly JoinPart[]) => Promise<void>): Law =>
    lawIn(`${merge.name} ${title} (${sample.title})`, async (directory) =>
      check(directory, await layOutParts(sample, directory)),
    );
  const joinedIn = (directory: string, name: string, parts: readonly JoinPart[]): Promise<Buffer> =>
    joinIn(path.join(directory, name), choice, { parts, catalog });
  return [
    law('makes one result and nothing else, and leaves the parts as they are', async (directory, parts) => {
      const result = await joinedIn(directory, 'joined', parts);
      const left = (await readdir(path.join(directory, 'joined'))).filter((name) => !own.has(name));
      assert.deepEqual(left, ['merged'], 'expected the result alone');
      await assertContents(parts, sample.parts);
      await assertResult(result, sample.result);
    }),
    law('makes the same again', async (directory, parts) => {
      const result = await joinedIn(directory, 'joined', parts);
      assertSame(await joinedIn(directory, 'again', parts), result, 'the second result is another one');
    }),
    ...(closed
      ? [
          law('leaves a result that is joined alone what it is', async (directory, parts) => {
            const result = await joinedIn(directory, 'joined', parts);
            const alone = [{ path: path.join(directory, 'joined', 'merged') }];
            assertSame(await joinedIn(directory, 'alone', alone), result, 'joined again it is another one');
          }),
          law('makes the same of joined groups', async (directory, parts) => {
            const result = await joinedIn(directory, 'joined', parts);
            const [left, right] = [parts.slice(0, 1), parts.slice(1)];
            if (right.length === 0) return;
            await joinedIn(directory, 'left', left);
            await joinedIn(directory, 'right', right);
            const groups = ['left', 'right'].map((name) => ({ path: path.join(directory, name, 'merged') }));
            assertSame(
              await joinedIn(directory, 'both', groups),
              result,
              'of two groups it makes another result',
            );
          }),
        ]
      : []),
    ...(emptyParts === 'content'
      ? []
      : [
          law(
            `${emptyParts === 'nothing' ? 'passes over' : 'refuses'} empty parts`,
            async (directory, parts) => {
              const empty = path.join(directory, 'empty part');
              await writeFile(empty, '');
              const between = parts.flatMap((part) => [{ path: empty }, part, { path: empty }]);
              if (emptyParts === 'refused') {
                assertOwnError(await failedJoin(directory, choice, { parts: between, catalog }), 'part 1');
                return;
              }
              const result = await joinedIn(directory, 'joined', parts);
              assertSame(
                await joinedIn(directory, 'between', between),
                result,
                'empty parts have made a difference',
              );
            },
          ),
        ]),
    ...(needsAll
      ? [
          law('fails if a part is missing', async (directory, parts) => {
            const missing = path.join(directory, 'missing result');
            for (const [index] of parts.entries()) {
              const others = parts.with(index, { path: missing });
              const refusal = await failedJoin(path.join(directory), choice, { parts: others, catalog });
              if (merge.how.kind === 'here')
                assertOwnError(refusal, new RegExp(`missing result|part ${index + 1}\\b`));
              await rename(path.join(directory, 'failed'), path.join(directory, `failed ${index}`));
            }
          }),
        ]
      : []),
    ...(merge.how.kind === 'here'
      ? [
          law('makes nothing once it was aborted', async (directory, parts) => {
            const reason = new Error('aborted');
            const signal = AbortSignal.abort(reason);
            assert.equal(await failedJoin(directory, choice, { parts, catalog, signal }), reason);
          }),
        ]
      : []),
  ];
}

/** What a merge by command finds beside its result. */
const own = new Set(['parts.list', '.script']);

const assertSame = (result: Buffer, expected: Buffer, message: string): void =>
  assert.equal(result.toString('latin1'), expected.toString('latin1'), message);

async function assertContents(parts: readonly JoinPart[], contents: readonly Content[]): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const content = bytesOf(contents[index] ?? '');
    assert((await readFile(part.path)).equals(content), `${part.path} is not what it was`);
  }
}

async function assertResult(result: Buffer, expected: JoinSample['result']): Promise<void> {
  if (expected === undefined) return;
  if (typeof expected === 'function') return expected(result);
  assertSame(result, bytesOf(expected), 'the result is another one');
}
