/** The module that is loaded. */
export const indexText = (name: string): string => `import { merge } from './merge.js';
import { strategy } from './strategy.js';

/** What the package \`${name}\` brings. */
export default { strategies: [strategy], merges: [merge] };
`;

/** A strategy that reads its input once, as a stream, and tells parts while it reads. */
export const strategyText = (name: string): string => `import { createReadStream } from 'node:fs';
import { maximumParts, PlanError } from '@galaxy-mesos/parallelism';
import { z } from 'zod';

const newline = 0x0a;
const hash = 0x23;

/** Where chapters end: before the next heading, and at the end of the file. */
async function* endsOfChapters(file, signal) {
  let offset = 0;
  let isLineStart = true;
  let isFirst = true;
  try {
    for await (const chunk of createReadStream(file, { signal })) {
      for (let index = 0; index < chunk.length; ) {
        if (isLineStart && chunk[index] === hash) {
          // What precedes the first heading belongs to the first chapter.
          if (!isFirst) yield offset + index;
          isFirst = false;
        }
        const end = chunk.indexOf(newline, index);
        isLineStart = end !== -1;
        index = isLineStart ? end + 1 : chunk.length;
      }
      offset += chunk.length;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new PlanError('INVALID_PARAMETERS', \`strategy ${name}: \${file} cannot be read: \${cause.message}\`, { cause });
  }
  if (offset > 0) yield offset;
}

/** Yields parts as soon as they are known: the first tasks run while the rest of the file is read. */
async function* plan([input], { chapters }, { signal }) {
  const [path] = input.paths;
  let [index, offset, count] = [0, 0, 0];
  const part = (end) => ({
    index,
    slices: [{ input: input.name, pieces: [{ kind: 'range', path, offset, length: end - offset }] }],
    values: { number: String(index + 1) },
    records: count,
    cost: end - offset,
  });
  let size = 0;
  for await (const end of endsOfChapters(path, signal)) {
    signal?.throwIfAborted();
    [size, count] = [end, count + 1];
    if (count < chapters) continue;
    if (index === maximumParts) {
      throw new PlanError('TOO_MANY_PARTS', \`strategy ${name}: more than \${maximumParts} parts; ask for more chapters in each\`);
    }
    yield part(end);
    [index, offset, count] = [index + 1, end, 0];
  }
  // A file without a byte makes one part, too: the command runs once, as it would on the whole file.
  if (count > 0 || index === 0) yield part(size);
}

/** Cuts a text before the lines that begin with #. */
export const strategy = {
  name: '${name}',
  description: 'Cuts a text into chapters, each of which begins with a line that begins with #. {number} counts parts from 1.',
  parameters: z.strictObject({
    chapters: z.int('expected a whole number').min(1, 'expected 1 or more').default(1),
  }),
  inputs: { least: 1, most: 1 },
  valueNames: async () => ['number'],
  plan,
};
`;

/** A merge that is shell text, and so runs as a task. */
export const mergeText = (name: string): string => `import { z } from 'zod';

/** Adds up results of one number each: a command of the shell, which runs as a task where all other tasks run. */
export const merge = {
  name: '${name}-total',
  description: 'Adds up results that are single numbers.',
  parameters: z.strictObject({}),
  how: {
    kind: 'command',
    // parts.list has the paths of the results, each ended by a NUL byte; merged is the result.
    command: () => "set -e; xargs -0 -r cat -- < parts.list > numbers; awk '{ sum += $1 } END { print sum + 0 }' numbers > merged; rm numbers",
  },
};
`;

/** Runs the conformance kit on Node's own test runner. */
export const testText = `import { test } from 'node:test';
import { mergeLaws, strategyLaws } from '@galaxy-mesos/strategy-testkit';
import { merge } from '../src/merge.js';
import { strategy } from '../src/strategy.js';

const book = 'Preface\\n# One\\na b\\n# Two\\n\\n# Three\\nc';

/** Chapters as they are found in a whole file, or in one that was cut. */
const chaptersOf = (file) => file.toString('latin1').split(/^(?=#)/m).filter((chapter) => chapter !== '');

const laws = [
  ...strategyLaws(strategy, {
    samples: [
      { title: 'a book', inputs: { book: '# One\\na b\\n# Two\\n\\n# Three\\nc' }, parameters: { chapters: 1 } },
      { title: 'a book in pairs of chapters', inputs: { book: '# One\\n# Two\\n# Three\\n' }, parameters: { chapters: 2 } },
      { title: 'one chapter', inputs: { book: '# One\\n' } },
    ],
    recordsOf: chaptersOf,
    rejoin: { merge: 'concat' },
    refusedParameters: [{ chapters: 0 }, { chapters: 'all' }],
    tooMany: { title: 'a heading on every line', inputs: { book: '#\\n'.repeat(200_000) } },
  }),
  ...strategyLaws(strategy, {
    samples: [
      { title: 'a preface', inputs: { book } },
      { title: 'no chapter', inputs: { book: 'text' } },
      { title: 'nothing', inputs: { book: '' } },
    ],
    rejoin: { merge: 'concat' },
  }),
  ...mergeLaws(merge, {
    samples: [
      { title: 'three numbers', parts: ['1\\n', '20\\n', '300\\n'], result: '321\\n' },
      { title: 'one number', parts: ['7\\n'], result: '7\\n' },
    ],
  }),
];

for (const { name, run } of laws) test(name, run);
`;
