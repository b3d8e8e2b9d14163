import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { concat } from '../merges/concat.ts';
import type { Piece } from '../strategy.ts';
import { cutCommand } from './cut-command.ts';
import { quoteForShell } from './quote-for-shell.ts';

let root: string;
let directory: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shell-'));
});
beforeEach(async () => {
  count += 1;
  // Blanks, quotes, a line feed and what a shell would expand, in every path of every test.
  directory = join(root, `it's "${count}" \n $HOME \`x\` *`);
  await mkdir(directory);
});
afterAll(() => rm(root, { recursive: true }));

const sh = (script: string) => {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], {
    cwd: directory,
    encoding: 'latin1',
  });
  return { status, stdout, stderr };
};

describe('quoteForShell', () => {
  it('makes one word that the shell reads as the text itself', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', "'", '"', '\\', '$', '`', ' ', '\n', '*', '!', '-', '~'),
          maxLength: 15,
        }),
        (text) => {
          expect(sh(`printf '[%s]' ${quoteForShell(text)}`).stdout).toBe(`[${text}]`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses a NUL byte, which the shell would cut off silently', () => {
    expect(() => quoteForShell('a\0b')).toThrow('[NOT_QUOTABLE]');
  });
});

describe('cutCommand', () => {
  const content = Buffer.from(
    Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 9)) & 0xff),
  );
  const input = () => join(directory, "the input's file");
  const output = () => join(directory, 'the part');
  const range = (offset: number, length: number) =>
    ({ kind: 'range', path: input(), offset, length }) as const;
  const cut = (offset: number, length: number) => sh(cutCommand([range(offset, length)], output()));

  it('writes exactly the slice, wherever it lies, and says nothing', async () => {
    await writeFile(input(), content);
    const slices = [
      [0, 0],
      [0, 1],
      [0, content.length],
      [5, 0],
      [content.length, 0],
      [content.length - 1, 1],
      [1, content.length - 1],
      [4096, 100_000],
    ] as const;
    for (const [offset, length] of slices) {
      expect(cut(offset, length)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect((await readFile(output())).equals(content.subarray(offset, offset + length))).toBe(true);
    }
  });

  it('does so as well where `dd` does not count in bytes, or fails half-way', async () => {
    await writeFile(input(), content);
    for (const dd of ['return 1', 'head -c 1000; return 1']) {
      const script = `dd() { ${dd}; }; ${cutCommand([range(77, 100_000)], output())}`;
      expect(sh(script)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect((await readFile(output())).equals(content.subarray(77, 100_077))).toBe(true);
    }
  });

  it('says nothing of a broken pipe where that signal is ignored', async () => {
    await writeFile(input(), content);
    const script = `dd() { return 1; }; trap '' PIPE; ${cutCommand([range(1, 10)], output())}`;
    expect(sh(script)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('replaces what an earlier attempt left', async () => {
    await writeFile(input(), content);
    await writeFile(output(), 'x'.repeat(1000));
    expect(cut(0, 10).status).toBe(0);
    expect(await readFile(output())).toEqual(content.subarray(0, 10));
  });

  it('fails when the file is shorter than the slice', async () => {
    await writeFile(input(), content.subarray(0, 100));
    for (const [offset, length] of [
      [0, 101],
      [50, 51],
      [100, 1],
      [200, 1],
    ] as const) {
      const { status, stderr } = cut(offset, length);
      expect(status).not.toBe(0);
      expect(stderr).toContain(`cannot cut ${length} bytes from byte ${offset} of ${input()}`);
    }
  });

  it('fails when the file is missing, even for an empty slice', () => {
    for (const length of [0, 10]) {
      const { status, stderr } = cut(0, length);
      expect(status).not.toBe(0);
      expect(stderr).toContain('No such file');
    }
  });

  it('fails when the destination cannot be written', async () => {
    await writeFile(input(), content);
    const script = cutCommand([range(0, 10)], join(directory, 'absent', 'part'));
    expect(sh(script).status).not.toBe(0);
    expect(sh(cutCommand([range(3, 10)], '/dev/full')).status).not.toBe(0);
  });

  it('puts pieces one after the other, of files and of what commands print', async () => {
    await writeFile(input(), content);
    const pieces = [
      range(3, 5),
      { kind: 'command', command: 'printf "<%s>" "$PWD" # why' },
      range(0, 0),
      range(4096, 70_000),
    ];
    const expected = Buffer.concat([
      content.subarray(3, 8),
      Buffer.from(`<${directory}>`),
      content.subarray(4096, 74_096),
    ]);
    for (const dd of ['command dd "$@"', 'return 1', 'head -c 1000; return 1']) {
      const script = `dd() { ${dd}; }; ${cutCommand(pieces as Piece[], output())}`;
      expect(sh(script)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect((await readFile(output())).equals(expected)).toBe(true);
    }
  });

  it('links a whole file, and copies it where more follows', async () => {
    await writeFile(input(), content);
    const whole = { kind: 'file', path: input() } as const;
    expect(sh(cutCommand([whole], output()))).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await readlink(output())).toBe(input());
    await rm(output());
    expect(sh(cutCommand([whole, range(0, 3)], output())).status).toBe(0);
    expect((await readFile(output())).equals(Buffer.concat([content, content.subarray(0, 3)]))).toBe(true);
    expect(sh(cutCommand([{ kind: 'file', path: join(directory, 'absent') }], output())).status).not.toBe(0);
  });

  it('fails when a command fails, and says which', async () => {
    await writeFile(input(), content);
    const command = 'echo half; exit 3';
    const { status, stderr } = sh(cutCommand([range(0, 1), { kind: 'command', command }], output()));
    expect(status).not.toBe(0);
    expect(stderr).toContain(`could not be made by: ${command}`);
  });

  it('keeps a script from going on after a failure', () => {
    const command = cutCommand([range(0, 10)], output());
    expect(sh(`${command} && echo went on`).stdout).toBe('');
    expect(sh(`set -e\n${command}\necho went on`).stdout).toBe('');
  });
});

describe('concat', () => {
  const concatCommand = concat.how.kind === 'command' ? concat.how.command({}) : 'false';
  const merge = async (paths: readonly string[]) => {
    await writeFile(join(directory, 'parts.list'), paths.map((path) => `${path}\0`).join(''));
    return sh(concatCommand);
  };
  const merged = () => readFile(join(directory, 'merged'), 'utf8');

  it('joins the parts in the order of the list, whatever their names are', async () => {
    const names = ['10', '9', "it's a \n part", '-n', '$(x)'];
    for (const name of names) await writeFile(join(directory, name), `<${name}>`);
    expect(await merge(names)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await merged()).toBe(names.map((name) => `<${name}>`).join(''));
  });

  it('joins more parts than fit on one command line', async () => {
    const long = Array.from({ length: 3000 }, (_, index) => `./${'/'.repeat(900)}${index % 7}`);
    for (let index = 0; index < 7; index += 1) await writeFile(join(directory, `${index}`), `${index}`);
    expect(await merge(long)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await merged()).toBe(long.map((name) => name.slice(-1)).join(''));
  });

  it('makes an empty file of an empty list, without waiting for input', async () => {
    expect(await merge([])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await merged()).toBe('');
  });

  it('fails when a part is missing', async () => {
    await writeFile(join(directory, 'a'), 'a');
    const { status, stderr } = await merge(['a', 'gone', 'a']);
    expect(status).not.toBe(0);
    expect(stderr).toContain('gone');
  });

  it('fails when the list is missing', () => {
    expect(sh(concatCommand).status).not.toBe(0);
  });
});
