import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listFiles } from './list-files.ts';
import { isBelow, openInside } from './open-inside.ts';
import { readEnd } from './read-end.ts';
import { inWords, makeWay, receiveFile } from './receive-file.ts';
import { safeSegments } from './safe-name.ts';

let top: string;
let job: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'files-')));
  job = join(top, 'staging', 'job');
  await mkdir(join(job, 'inputs'), { recursive: true });
  await mkdir(join(job, 'outputs'));
  await writeFile(join(top, 'secret.key'), 'a secret');
});
afterEach(() => rm(top, { recursive: true, force: true }));

const put = async (name: string, text: string): Promise<string> => {
  const target = await makeWay(job, safeSegments(name));
  await receiveFile(Readable.from([Buffer.from(text)]), target, { temporaryDirectory: job });
  return target;
};

const read = async (path: string): Promise<string> => {
  const { handle } = await openInside([job], path);
  await using _closed = handle;
  return handle.readFile('utf8');
};

const nameWithTraps = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '/',
        '\\',
        '\0',
        'inputs',
        'out',
        'secret.key',
        'in-link',
        'up',
        '...',
        '~',
      ),
      fc.string({ maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join('/'));

test('whatever a name is, it is refused, or its file lies below the directory', () => {
  fc.assert(
    fc.property(nameWithTraps, (name) => {
      let segments: readonly string[];
      try {
        segments = safeSegments(name);
      } catch (error) {
        expect(error).toMatchObject({ code: 'UNSAFE_NAME' });
        return;
      }
      const path = join('/staging/job', ...segments);
      expect(isBelow('/staging/job', path)).toBe(true);
      expect(path).not.toBe('/staging/job');
    }),
  );
});

test('whatever names are written and read, nothing outside of the directory is touched', async () => {
  await symlink(top, join(job, 'up'));
  await symlink(join(top, 'secret.key'), join(job, 'in-link'));
  await symlink('../..', join(job, 'inputs', 'up'));
  await fc.assert(
    fc.asyncProperty(nameWithTraps, async (name) => {
      const written = await put(name, 'from outside').catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error)) throw error;
        return undefined;
      });
      const text = await read(written ?? join(job, name.replaceAll('\0', ''))).catch(() => '');
      expect(text).not.toBe('a secret');
      expect(await readFile(join(top, 'secret.key'), 'utf8')).toBe('a secret');
      expect((await readdir(top)).sort()).toEqual(['secret.key', 'staging']);
      expect(await readdir(join(top, 'staging'))).toEqual(['job']);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test('an upload replaces a link and does not write through it', async () => {
  await symlink(join(top, 'secret.key'), join(job, 'outputs', 'link'));
  await put('outputs/link', 'new');
  expect(await readFile(join(top, 'secret.key'), 'utf8')).toBe('a secret');
  expect(await readFile(join(job, 'outputs', 'link'), 'utf8')).toBe('new');
});

test('nothing is put below a link, even one that stays inside', async () => {
  await symlink(join(job, 'inputs'), join(job, 'outputs', 'there'));
  await expect(put('outputs/there/x', 'new')).rejects.toMatchObject({ code: 'OUTSIDE' });
  expect(await readdir(join(job, 'inputs'))).toEqual([]);
});

test('an output that a tool linked to its input is read; one linked to a file elsewhere is not', async () => {
  await put('inputs/in.dat', 'input');
  await symlink('../inputs/in.dat', join(job, 'outputs', 'same'));
  await symlink(join(top, 'secret.key'), join(job, 'outputs', 'stolen'));
  await symlink('loop', join(job, 'outputs', 'loop'));
  expect(await read(join(job, 'outputs', 'same'))).toBe('input');
  await expect(read(join(job, 'outputs', 'stolen'))).rejects.toMatchObject({ code: 'OUTSIDE' });
  await expect(read(join(job, 'outputs', 'loop'))).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await expect(read(join(job, 'outputs'))).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await expect(read(join(job, 'outputs', 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a hard link is read if all names of the file are inside', async () => {
  await put('inputs/in.dat', 'input');
  await link(join(job, 'inputs', 'in.dat'), join(job, 'outputs', 'same'));
  await link(join(top, 'secret.key'), join(job, 'outputs', 'stolen'));
  expect(await read(join(job, 'outputs', 'same'))).toBe('input');
  await expect(read(join(job, 'outputs', 'stolen'))).rejects.toMatchObject({ code: 'OUTSIDE' });
});

test('a directory may be known by links, its own name or those before it', async () => {
  await put('outputs/out', 'output');
  await symlink(join(top, 'staging'), join(top, 'elsewhere'));
  await symlink(job, join(top, 'the-job'));
  for (const root of [join(top, 'elsewhere', 'job'), join(top, 'the-job')]) {
    const { handle } = await openInside([root], join(root, 'outputs', 'out'));
    await using _closed = handle;
    expect(await handle.readFile('utf8')).toBe('output');
    await expect(openInside([root], join(top, 'secret.key'))).rejects.toMatchObject({ code: 'OUTSIDE' });
  }
});

test('in a trusted directory it is no matter what other names a file has', async () => {
  const trusted = join(top, 'reference');
  await mkdir(trusted);
  await writeFile(join(trusted, 'hg38.fa'), 'ACGT');
  await link(join(trusted, 'hg38.fa'), join(top, 'another-name'));
  await symlink(join(trusted, 'hg38.fa'), join(job, 'outputs', 'out.fa'));
  const path = join(job, 'outputs', 'out.fa');
  await expect(read(path)).rejects.toMatchObject({ code: 'OUTSIDE' });
  const { handle } = await openInside([job], path, [trusted]);
  await using _closed = handle;
  expect(await handle.readFile('utf8')).toBe('ACGT');
  await expect(openInside([job], join(top, 'secret.key'), [trusted])).rejects.toMatchObject({
    code: 'OUTSIDE',
  });
});

test('a checksum is told, and a wrong one keeps the file away', async () => {
  const bytes = Buffer.from('contents');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const target = join(job, 'file');
  const receive = (expected: string | true) =>
    receiveFile(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), target, {
      temporaryDirectory: job,
      sha256: expected,
    });
  await expect(receive('0'.repeat(64))).rejects.toMatchObject({ code: 'WRONG_CHECKSUM' });
  await expect(readFile(target)).rejects.toThrow('ENOENT');
  expect(await receive(sha256.toUpperCase())).toEqual({ bytes: 8, sha256 });
  expect(await receive(true)).toEqual({ bytes: 8, sha256 });
});

test('of an upload that breaks off, is too short or too long, nothing is left', async () => {
  const target = join(job, 'file');
  const broken = async function* () {
    yield Buffer.from('half');
    throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  };
  const options = { temporaryDirectory: job };
  await expect(receiveFile(broken(), target, options)).rejects.toMatchObject({ code: 'CUT_SHORT' });
  const five = () => Readable.from([Buffer.from('12345')]);
  await expect(receiveFile(five(), target, { ...options, expectedBytes: 6 })).rejects.toMatchObject({
    code: 'CUT_SHORT',
  });
  await expect(receiveFile(five(), target, { ...options, maximumBytes: 4 })).rejects.toMatchObject({
    code: 'TOO_LARGE',
  });
  expect((await readdir(job)).sort()).toEqual(['inputs', 'outputs']);
});

test('a full disk is told as such', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(inWords(full, '/staging/x')).toMatchObject({ code: 'NO_SPACE', statusCode: 507 });
});

test('a pipe is not even opened, which its writer would notice', async () => {
  const pipe = join(job, 'outputs', 'pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = execFile('sh', ['-c', 'echo waited >"$0"', pipe]);
  const isWaiting = async () => (await readFile(`/proc/${writer.pid}/syscall`, 'utf8')).includes('0x');
  while (!(await isWaiting())) await nextTurn();
  await expect(read(pipe)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  expect(await readFile(pipe, 'utf8')).toBe('waited\n');
}, 30_000);

test('what nobody gets into does not hide the other files', async () => {
  await put('outputs/a', 'x');
  const way = Array.from({ length: 15 }, () => 'd'.repeat(200)).join('/');
  for (const name of ['deep', 'deeper']) await mkdir(join(job, 'outputs', name, way), { recursive: true });
  await rename(join(job, 'outputs', 'deeper'), join(job, 'outputs', 'deep', way, 'deeper'));
  await mkdir(join(job, 'outputs', 'closed'), { mode: 0o000 });
  expect(await listFiles(join(job, 'outputs'))).toEqual(['a']);
  execFileSync('rm', ['-rf', join(job, 'outputs')]);
});

test('files are listed with those in directories, and links to directories are not followed', async () => {
  await put('outputs/d/e/f', 'x');
  await put('outputs/a', 'x');
  await symlink('a', join(job, 'outputs', 'link'));
  await symlink('..', join(job, 'outputs', 'up'));
  await symlink('nowhere', join(job, 'outputs', 'dangling'));
  expect(await listFiles(join(job, 'outputs'))).toEqual(['a', 'd/e/f', 'dangling', 'link']);
  expect(await listFiles(join(job, randomUUID()))).toEqual([]);
});

test('the end of a text begins with a whole character', async () => {
  const path = await put('text', 'aäöü');
  expect(await readEnd([job], path, 100)).toBe('aäöü');
  expect(await readEnd([job], path, 4)).toBe('öü');
  expect(await readEnd([job], path, 3)).toBe('ü');
  expect(await readEnd([job], join(job, 'none'), 3)).toBe('');
});
