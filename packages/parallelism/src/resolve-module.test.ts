import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStrategyPackage, resolveModule } from './resolve-module.ts';

let directory: string;
beforeAll(async () => {
  directory = await realpath(await mkdtemp(path.join(tmpdir(), "it's modules ")));
  const files = {
    'own.js': '',
    'node_modules/only-import/package.json': { name: 'only-import', exports: { import: './in/side.js' } },
    'node_modules/only-import/in/side.js': '',
    'node_modules/@some/one/package.json': { name: '@some/one', main: 'main.js' },
    'node_modules/@some/one/main.js': '',
    'folder/package.json': { name: 'in-folder', exports: './src/index.js' },
    'folder/src/index.js': '',
    'plain/package.json': { main: 'start.js' },
    'plain/start.js': '',
    'empty/package.json': {},
    'nothing/readme': '',
    'torn/package.json': '{',
    'node_modules/with-word/package.json': {
      name: 'with-word',
      exports: './in/side.js',
      keywords: ['x', 'galaxy-mesos-strategy'],
    },
    'node_modules/with-word/in/side.js': '',
    'node_modules/with-word/in/package.json': { type: 'module' },
  };
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
});
afterAll(() => rm(directory, { recursive: true }));

describe('resolveModule', () => {
  it.each([
    ['./own.js', 'own.js'],
    ['own.js', 'own.js'],
    ['./folder', 'folder/src/index.js'],
    ['./plain', 'plain/start.js'],
    ['only-import', 'node_modules/only-import/in/side.js'],
    ['@some/one', 'node_modules/@some/one/main.js'],
  ])('finds %s', async (named, file) => {
    expect(await resolveModule(named, directory)).toBe(pathToFileURL(path.join(directory, file)).href);
    const absolute = path.join(directory, named);
    if (named.startsWith('./')) expect(await resolveModule(absolute, '/')).toContain(path.basename(file));
  });

  it.each([
    ['./no.js', 'there is no file '],
    ['no-such-package', 'no package of this name can be imported in '],
    ['./empty', 'has no module: say which in its exports'],
    ['./nothing', 'it has no package.json'],
    ['./torn', 'its package.json is no JSON'],
    ['node:fs', 'node:fs is no file'],
  ])('says of %s why there is no module', async (named, words) => {
    const failure = await resolveModule(named, directory).then(String, String);
    expect(failure).toContain(`PlanError: [INVALID_CONTRIBUTION] ${named}: `);
    expect(failure).toContain(words);
  });
});

describe('isStrategyPackage', () => {
  it.each([
    ['with-word', true],
    ['only-import', false],
    ['@some/one', false],
  ])('says of %s whether it has the keyword of strategies: %s', async (name, expected) => {
    expect(await isStrategyPackage(name, await resolveModule(name, directory))).toBe(expected);
  });
});
