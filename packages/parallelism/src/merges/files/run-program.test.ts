import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

const sh = (script: string, signal?: AbortSignal) =>
  runProgram('/bin/sh', ['-c', script], { cwd: '/', signal });
const megabytes = 'head -c 3000000 /dev/zero | tr "\\0" "x" >&2';

describe('a program that joins', () => {
  it('may say as much as it wants, on both ways', async () => {
    await expect(sh(`${megabytes}; ${megabytes} 2>&1`)).resolves.toBeUndefined();
  });

  it('is told of with its last words, or with how it ended', async () => {
    await expect(sh(`${megabytes}; echo " no index" >&2; exit 3`)).rejects.toThrow(/^x{3000,4000} no index$/);
    await expect(sh('exit 3')).rejects.toThrow('/bin/sh ended with 3');
    await expect(sh('kill -9 $$')).rejects.toThrow('/bin/sh ended with SIGKILL');
  });

  it('is ended by its signal, and missed where it is not there', async () => {
    const controller = new AbortController();
    const running = sh('exec sleep 600', controller.signal);
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await expect(runProgram('/nowhere/x', [])).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
