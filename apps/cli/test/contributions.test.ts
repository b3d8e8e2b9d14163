import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryForTest, galaxyMesos } from './command.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "it's contributed "));
  writeFileSync(path.join(cwd, 'book.txt'), 'Preface\n# One\na b\n# Two\n\n# Three\nc d e\n');
  await run('strategy', 'new', 'every-chapter');
  install('every-chapter');
});
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (...words: readonly string[]) => galaxyMesos(words, { cwd });
const read = (name: string): string => readFileSync(path.join(cwd, name), 'utf8');
const book = ['--input', 'book.txt', '--output', 'o'];

/** What `npm install` would do in a package: here its dependencies are those of this repository. */
function install(directory: string): void {
  const modules = path.join(cwd, directory, 'node_modules');
  mkdirSync(path.join(modules, '@galaxy-mesos'), { recursive: true });
  for (const name of ['parallelism', 'strategy-testkit'])
    symlinkSync(path.join(root, 'packages', name), path.join(modules, '@galaxy-mesos', name));
  const zod = createRequire(path.join(root, 'packages/parallelism/package.json')).resolve('zod/package.json');
  symlinkSync(path.dirname(realpathSync(zod)), path.join(modules, 'zod'));
}

describe('a strategy of your own', () => {
  it('passes its tests as it was made', async () => {
    const { stdout } = await execute(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd: path.join(cwd, 'every-chapter'),
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined },
    });
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(50);
  });

  it('is taken by its directory, by its file, and by the name of its package where that is installed', async () => {
    mkdirSync(path.join(cwd, 'node_modules'), { recursive: true });
    symlinkSync(path.join(cwd, 'every-chapter'), path.join(cwd, 'node_modules/every-chapter'));
    for (const named of [
      './every-chapter',
      'every-chapter/src/index.js',
      'every-chapter',
      './every-chapter#every-chapter',
    ]) {
      const words = ['map', '--strategy', named, ...book, '--', 'echo {number}; wc -w < {input}'];
      expect(await run(...words), named).toMatchObject({ code: 0 });
      expect(read('o')).toBe('1\n5\n2\n2\n3\n5\n');
    }
  });

  it('brings its merge along, also in a plan and in a job document, whose paths begin where they lie', async () => {
    const merge = ['--merge', 'every-chapter-total', ...book, '--', 'wc -w < {input}'];
    expect(await run('map', '--strategy', './every-chapter', ...merge)).toMatchObject({ code: 0 });
    expect(read('o')).toBe('12\n');
    mkdirSync(path.join(cwd, 'plans'));
    const split = { strategy: '../every-chapter', input: 'input', parameters: { chapters: 2 } };
    writeFileSync(path.join(cwd, 'plans/plan.json'), JSON.stringify({ split, merge: 'every-chapter-total' }));
    expect(await run('map', '--plan', 'plans/plan.json', ...book, '--', 'wc -w < {input}')).toMatchObject({
      code: 0,
    });
    expect(read('o')).toBe('12\n');
    const document = {
      command: 'wc -w < {input} > {words}',
      inputs: { input: '../book.txt' },
      outputs: { words: { destination: '../words', merge: '../every-chapter#every-chapter-total' } },
      split,
    };
    writeFileSync(path.join(cwd, 'plans/job.json'), JSON.stringify(document));
    expect(await run('submit', '--local', 'plans/job.json')).toMatchObject({ code: 0 });
    expect(read('words')).toBe('12\n');
  });

  it('cuts what a tool of Galaxy works on, in the place of what its XML says', async () => {
    const tool = (parallelism: string) => `<tool id="words" name="words">
      ${parallelism}
      <command>wc -w &lt; '$book' &gt; '$out'</command>
      <inputs><param name="book" type="data" format="txt"/></inputs>
      <outputs><data name="out" format="txt"/></outputs>
    </tool>`;
    // Where a shell reads no more into the path than a name.
    const place = directoryForTest();
    const input = ['--input', 'book=book.txt', '--output-dir', 'results', '--work-dir', place];
    writeFileSync(path.join(cwd, 'whole.xml'), tool(''));
    const words = [
      'run',
      'whole.xml',
      '--strategy',
      './every-chapter',
      '--merge',
      'every-chapter-total',
      ...input,
    ];
    expect(await run(...words)).toMatchObject({ code: 0 });
    expect(read('results/out.txt')).toBe('12\n');
    expect((await run(...words, '--dry-run', '--strategy-set', 'chapters=2')).stdout).toContain('2 parts');
  });

  it('is described', async () => {
    const { stdout } = await run('strategies', './every-chapter', 'concat');
    expect(stdout).toMatch(/^ {2}every-chapter$/m);
    expect(stdout).toContain('--set chapters=<integer> (default: 1)');
    expect(stdout).toMatch(/^ {2}concat$[\s\S]*^ {2}every-chapter-total$/m);
    expect(stdout).not.toContain('replicate');
  });

  it('is no package without the keyword of strategies: nothing of it is run', async () => {
    const slip = path.join(cwd, 'node_modules/sweeps');
    mkdirSync(slip, { recursive: true });
    writeFileSync(path.join(slip, 'package.json'), JSON.stringify({ name: 'sweeps', main: 'index.js' }));
    writeFileSync(path.join(slip, 'index.js'), "require('node:fs').writeFileSync('was-run', '')");
    const { code, stderr } = await run('map', '--strategy', 'sweeps', ...book, '--', 'cat {input}');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no strategy or merge "sweeps"; there are the strategies records, ');
    expect(stderr).toContain('has no keyword galaxy-mesos-strategy');
    expect(existsSync(path.join(cwd, 'was-run'))).toBe(false);
  });

  it.each([
    [['map', '--strategy', './no.js', ...book, '--', 'cat {input}'], './no.js: there is no file '],
    [['map', '--strategy', './bad.js', ...book, '--', 'cat {input}'], 'it has no default export'],
    [
      ['map', '--strategy', './every-chapter#two', ...book, '--', 'cat {input}'],
      'brings the strategies every-chapter',
    ],
    [
      ['map', '--strategy', 'recordz', ...book, '--', 'cat {input}'],
      'there is no strategy "recordz"; there are: records',
    ],
    [
      ['map', '--strategy', './every-chapter', '--set', 'chapters=0', ...book, '--', 'cat {input}'],
      'chapters: expected 1',
    ],
    [['strategies', 'recordz'], 'there is no strategy, merge, format or package "recordz"'],
    [['strategy', 'new', 'every-chapter'], 'every-chapter: there is such a file or directory already'],
    [['strategy', 'new', '../elsewhere'], 'expected small letters, digits and -'],
    [['strategy', 'new', 'sweep'], 'sweep is the name of a strategy'],
  ])('says in one line what is wrong with %j', async (words, message) => {
    writeFileSync(path.join(cwd, 'bad.js'), 'export const strategy = {};\n');
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(path.join(cwd, '..', 'elsewhere'))).toBe(false);
  });
});
