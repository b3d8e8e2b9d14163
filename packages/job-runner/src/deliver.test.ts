import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkInputs, deliver } from './deliver.ts';
import { aJob, anOutput } from './testing/a-job.ts';

let root: string;
let source: string;
let destination: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'deliver-'));
  mkdirSync(path.join(root, 'attempt'));
  source = path.join(root, 'attempt', 'result.txt');
  destination = path.join(root, 'results', 'result.txt');
  writeFileSync(source, 'made\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const job = aJob();
const put = () => deliver(job, anOutput({ destination }), source);
const delivered = () => readFileSync(destination, 'utf8');
const beside = () => readdirSync(path.dirname(destination));

function mountSmallDisk(directory: string): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('deliver', () => {
  test('puts the result in its place, and leaves the source and nothing else', async () => {
    expect(await put()).toEqual({ output: 'result', path: destination, size: 5 });
    expect([delivered(), readFileSync(source, 'utf8'), beside()]).toEqual([
      'made\n',
      'made\n',
      ['result.txt'],
    ]);
  });

  test('replaces what is there', async () => {
    mkdirSync(path.dirname(destination));
    writeFileSync(destination, 'old');
    await put();
    expect(delivered()).toBe('made\n');
  });

  test('can be done again after it was cut short anywhere', async () => {
    await put();
    await put();
    expect([delivered(), beside()]).toEqual(['made\n', ['result.txt']]);
    writeFileSync(path.join(path.dirname(destination), `.${job.id}.partial`), 'ma');
    await put();
    expect([delivered(), beside()]).toEqual(['made\n', ['result.txt']]);
  });

  test.runIf(existsSync('/dev/shm'))('copies to another file system', async () => {
    const other = mkdtempSync('/dev/shm/deliver-');
    try {
      destination = path.join(other, 'result.txt');
      expect(await put()).toMatchObject({ size: 5 });
      expect([delivered(), beside()]).toEqual(['made\n', ['result.txt']]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  test('keeps what was there if there is no result, and leaves nothing half', async () => {
    mkdirSync(path.dirname(destination));
    writeFileSync(destination, 'old');
    rmSync(source);
    await expect(put()).rejects.toMatchObject({ name: 'JobError', code: 'DELIVERY', path: destination });
    expect([delivered(), beside()]).toEqual(['old', ['result.txt']]);
  });

  test('keeps what was there if the disk is full, and delivers once there is room', async (context) => {
    mkdirSync(path.dirname(destination));
    if (!mountSmallDisk(path.dirname(destination))) context.skip('only root may mount a small disk');
    try {
      writeFileSync(destination, 'old');
      const ballast = path.join(path.dirname(destination), 'ballast');
      writeFileSync(ballast, Buffer.alloc(768 * 1024));
      writeFileSync(source, Buffer.alloc(512 * 1024));
      await expect(put()).rejects.toMatchObject({ code: 'DELIVERY' });
      expect([delivered(), beside()]).toEqual(['old', ['ballast', 'result.txt']]);
      rmSync(ballast);
      expect(await put()).toMatchObject({ size: 512 * 1024 });
    } finally {
      execFileSync('umount', ['--lazy', path.dirname(destination)]);
    }
  });

  test('takes only files of the user that ran the job, where that is known, and no links', async () => {
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const made = anOutput({ destination });
    await expect(deliver(job, made, source, { uid: uid + 1, gid })).rejects.toMatchObject({
      code: 'DELIVERY',
    });
    const link = path.join(root, 'attempt', 'link.txt');
    symlinkSync(source, link);
    await expect(deliver(job, made, link, { uid, gid })).rejects.toMatchObject({ code: 'DELIVERY' });
    expect(existsSync(destination)).toBe(false);
    await deliver(job, made, source, { uid, gid });
    expect(delivered()).toBe('made\n');
  });

  describe.skipIf(process.getuid?.() !== 0)('as another user', () => {
    const owner = { uid: 65_534, gid: 65_534 };
    const putAs = () => deliver(job, anOutput({ destination }), source, owner);
    beforeEach(() => {
      chmodSync(root, 0o711);
      mkdirSync(path.dirname(destination));
      chownSync(source, owner.uid, owner.gid);
    });

    test('puts results where that user may', async () => {
      chownSync(path.dirname(destination), owner.uid, owner.gid);
      destination = path.join(root, 'results', 'made later', 'result.txt');
      expect(await putAs()).toEqual({ output: 'result', path: destination, size: 5 });
      expect(await putAs()).toMatchObject({ size: 5 });
      expect([delivered(), beside()]).toEqual(['made\n', ['result.txt']]);
      expect(statSync(destination).uid).toBe(owner.uid);
      expect(statSync(path.dirname(destination)).uid).toBe(owner.uid);
    });

    test('puts nothing where only this process may', async () => {
      await expect(putAs()).rejects.toMatchObject({ code: 'DELIVERY', message: /Permission denied/ });
      expect(beside()).toEqual([]);
      symlinkSync(root, path.join(root, 'attempt', 'way'));
      destination = path.join(root, 'attempt', 'way', 'results', 'result.txt');
      await expect(putAs()).rejects.toMatchObject({ code: 'DELIVERY' });
      expect(beside()).toEqual([]);
    });

    test('replaces no directory, and says so', async () => {
      chownSync(path.dirname(destination), owner.uid, owner.gid);
      mkdirSync(destination);
      await expect(putAs()).rejects.toMatchObject({ code: 'DELIVERY', message: /directory/ });
      expect(beside()).toEqual(['result.txt']);
    });
  });

  test('refuses to replace a directory', async () => {
    mkdirSync(destination, { recursive: true });
    await expect(put()).rejects.toMatchObject({ code: 'DELIVERY' });
    expect(statSync(destination).isDirectory()).toBe(true);
    expect(beside()).toEqual(['result.txt']);
  });

  test.each([
    ['a symbolic link', symlinkSync],
    ['another name', linkSync],
  ])('makes a file of its own of an output that is %s of an input', async (_what, makeLink) => {
    const input = path.join(root, 'input.txt');
    writeFileSync(input, 'precious\n');
    rmSync(source);
    makeLink(input, source);
    await put();
    rmSync(source);
    writeFileSync(destination, 'overwritten');
    expect(readFileSync(input, 'utf8')).toBe('precious\n');
  });

  test('takes a destination with a name as long as names may be', async () => {
    destination = path.join(root, 'results', 'x'.repeat(255));
    await put();
    expect(delivered()).toBe('made\n');
  });

  test('delivers what may only be read', async () => {
    chmodSync(source, 0o444);
    await put();
    expect(delivered()).toBe('made\n');
  });
});

describe('checkInputs', () => {
  const describeInput = (file: string) => {
    const { size, mtimeMs } = statSync(file);
    return aJob({ inputs: [{ name: 'in', path: file, size, modifiedAt: mtimeMs, partName: 'in' }] });
  };

  test('accepts inputs that are as they were, also after their description was stored', async () => {
    const described = describeInput(source);
    await checkInputs(JSON.parse(JSON.stringify(described)));
  });

  test('refuses one that was written to, touched or removed', async () => {
    const described = describeInput(source);
    utimesSync(source, 1, 1);
    await expect(checkInputs(described)).rejects.toMatchObject({ code: 'INPUT_CHANGED', path: source });
    const again = describeInput(source);
    writeFileSync(source, 'longer than before');
    utimesSync(source, 1, 1);
    await expect(checkInputs(again)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    rmSync(source);
    await expect(checkInputs(again)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });
});
