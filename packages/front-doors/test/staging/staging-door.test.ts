import { createHash, randomBytes } from 'node:crypto';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stagingDoor } from '@galaxy-mesos/front-doors';
import { JobServiceError, type StagedJob } from '@galaxy-mesos/galaxy-jobs';
import fc from 'fast-check';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

describe('the staging door', () => {
  let top: string;
  let app: FastifyInstance;
  const open = new Set<string>();
  let part: StagedJob['part'];
  const at = (...names: string[]) => path.join(top, ...names);
  const tree = (...names: string[]) => at('control/attempts/one/7', ...names);

  beforeEach(async () => {
    top = await realpath(await mkdtemp(path.join(tmpdir(), 'staging-door-')));
    for (const part of ['inputs', 'working', 'outputs']) await mkdir(at('job/7', part), { recursive: true });
    await writeFile(at('control.sh'), '#!/bin/bash\n');
    await writeFile(at('secret.key'), 'a secret of the daemon');
    await mkdir(at('control/attempts'), { recursive: true });
    open.clear();
    part = undefined;
    open.add('one');
    app = Fastify();
    const job = {
      directory: at('job/7'),
      attempts: at('control/attempts'),
      script: at('control.sh'),
      secret: 'right',
      isOpen: (attemptId: string) => open.has(attemptId),
      part: async (attemptId: string) => part?.(attemptId),
    };
    await app.register(stagingDoor, {
      jobs: { staged: (jobId) => (jobId === 'o.m.7' ? job : undefined) },
      maximumFileBytes: 1000,
      maximumFiles: 10,
    });
  });
  afterEach(async () => {
    await app.close();
    await rm(top, { recursive: true, force: true });
  });

  const ask = (method: 'GET' | 'POST' | 'PUT', route: string, options: InjectOptions = {}) =>
    app.inject({
      method,
      url: `/staging/v1/jobs/o.m.7/${route}`,
      ...options,
      headers: { authorization: 'Bearer right', 'galaxy-mesos-attempt': 'one', ...options.headers },
    });
  const list = (...lines: string[]) =>
    ask('POST', 'outputs', {
      payload: [...lines, 'done\n'].join('\n'),
      headers: { 'content-type': 'text/plain' },
    });
  const put = (name: string, content: string, headers: Record<string, string> = {}) =>
    ask('PUT', `output?name=${name}`, { payload: content, headers });
  const file = (name: string, content: string) => `f 644 ${content.length} ${sha256(content)} ${name}`;

  it('gives an attempt at a part its slices in the place of inputs, and the other files of the job', async () => {
    await writeFile(at('job/7/inputs/cut'), 'all of it');
    await writeFile(at('job/7/inputs/index'), 'of all of it');
    await writeFile(at('job/7/inputs/other'), 'other');
    await mkdir(at('slices/inputs'), { recursive: true });
    await writeFile(at('slices/inputs/cut'), 'a slice');
    part = async () => ({ directory: at('slices'), names: new Set(['inputs/cut', 'inputs/index']) });
    const lines = (await ask('GET', 'inputs')).body.split('\n').filter((line) => line.includes(' inputs/'));
    expect(lines.sort()).toEqual([file('inputs/other', 'other'), file('inputs/cut', 'a slice')].sort());
    expect((await ask('GET', 'input?name=inputs/cut')).body).toBe('a slice');
    expect((await ask('GET', 'input?name=inputs/other')).body).toBe('other');
    expect((await ask('GET', 'input?name=inputs/index')).statusCode).toBe(404);
  });

  it.each([
    ['has an attempt give up where its part cannot be cut', 'REFUSED', 410, 'in words'],
    ['has it ask again where that may pass', 'UNAVAILABLE', 500, ''],
  ] as const)('%s', async (_, code, statusCode, words) => {
    part = () => Promise.reject(new JobServiceError(code, 'o.m.7', 'in words'));
    for (const route of ['inputs', 'input?name=inputs/a']) {
      const answer = await ask('GET', route);
      expect(answer.statusCode).toBe(statusCode);
      expect(answer.body).toContain(words);
    }
  });

  it('is shut without the secret of the job, with that of another, and for an attempt that is over', async () => {
    for (const [method, route] of [
      ['GET', 'script'],
      ['GET', 'inputs'],
      ['GET', 'input?name=inputs/a'],
      ['POST', 'outputs'],
      ['PUT', 'output?name=outputs/a'],
    ] as const) {
      const answers = [
        await ask(method, route, { headers: { authorization: '' } }),
        await ask(method, route, { headers: { authorization: 'Bearer wrong' } }),
        await ask(method, route, { headers: { 'galaxy-mesos-attempt': 'two' } }),
        await ask(method, route, { headers: { 'galaxy-mesos-attempt': '../one' } }),
        await app.inject({
          method,
          url: `/staging/v1/jobs/unknown/${route}`,
          headers: { authorization: 'Bearer right', 'galaxy-mesos-attempt': 'one' },
        }),
      ];
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 403, 410, 401, 403]);
      expect(answers.every(({ body }) => /^[^\n]+\n$/.test(body) && !body.includes('right'))).toBe(true);
    }
  });

  it('lists inputs with their checksums, and no link that leads out of the job', async () => {
    await writeFile(at('job/7/inputs/a b'), 'content');
    await writeFile(at('job/7/inputs/empty'), '');
    await symlink('a b', at('job/7/inputs/inside'));
    await symlink(at('secret.key'), at('job/7/inputs/outside'));
    await symlink(top, at('job/7/inputs/up'));
    await link(at('secret.key'), at('job/7/inputs/hard'));
    await mkdir(at('job/7/home'));
    const { body } = await ask('GET', 'inputs');
    expect(body.trim().split('\n').sort()).toEqual(
      [
        'd 755 - - inputs',
        'd 755 - - outputs',
        'd 755 - - working',
        'done',
        file('inputs/a%20b', 'content'),
        file('inputs/empty', ''),
        file('inputs/inside', 'content'),
      ].sort(),
    );
    for (const name of [
      'inputs/outside',
      'inputs/hard',
      'inputs/up/secret.key',
      '..%2f..%2fsecret.key',
      '',
    ]) {
      const { statusCode, body: words } = await ask('GET', `input?name=${name}`);
      expect([400, 403, 404]).toContain(statusCode);
      expect(words).not.toContain('a secret');
    }
  });

  it('gives the rest of a file to whoever has the beginning', async () => {
    await writeFile(at('job/7/inputs/a'), '0123456789');
    expect((await ask('GET', 'input?name=inputs/a')).body).toBe('0123456789');
    const rest = await ask('GET', 'input?name=inputs/a', { headers: { range: 'bytes=4-' } });
    expect(rest).toMatchObject({ statusCode: 206, body: '456789' });
    expect(rest.headers['content-range']).toBe('bytes 4-9/10');
    expect((await ask('GET', 'input?name=inputs/a', { headers: { range: 'bytes=11-' } })).statusCode).toBe(
      416,
    );
  });

  it('takes outputs in pieces, tells what is missing, and puts nothing in order before all is right', async () => {
    const lines = [
      file('outputs/x', 'abcdef'),
      file('zero', ''),
      'd 755 - - outputs/empty',
      'l - - outputs/x working/l',
    ];
    expect((await list(...lines)).body).toBe('missing 0 outputs/x\ndone\n');
    expect((await put('outputs/x', 'abc')).statusCode).toBe(204);
    expect((await list(...lines)).body).toBe('missing 3 outputs/x\ndone\n');
    expect((await put('outputs/x', 'f', { 'content-range': 'bytes 5-5/6' })).statusCode).toBe(409);
    expect((await put('outputs/x', 'dXf', { 'content-range': 'bytes 3-5/6' })).statusCode).toBe(204);
    expect((await list(...lines)).body).toBe('damaged outputs/x\nmissing 0 outputs/x\ndone\n');
    expect(await readdir(tree('working')).catch(() => [])).toEqual([]);
    expect((await put('outputs/x', 'abcdef')).statusCode).toBe(204);
    expect((await list(...lines)).body).toBe('done\n');
    expect(await readFile(tree('outputs/x'), 'utf8')).toBe('abcdef');
    expect(await readFile(tree('zero'), 'utf8')).toBe('');
    expect((await stat(tree('outputs/empty'))).isDirectory()).toBe(true);
    expect((await list(...lines)).body).toBe('done\n');
  });

  it('refuses what is too large or too much, in words, before anything is sent', async () => {
    const large = await list(file('outputs/x', 'a'.repeat(1001)));
    expect(large).toMatchObject({
      statusCode: 413,
      body: expect.stringContaining('more than 1000 are not taken'),
    });
    const many = Array.from({ length: 11 }, (_, number) => file(`outputs/${number}`, ''));
    expect((await list(...many)).statusCode).toBe(413);
    await list(file('outputs/x', 'abc'));
    expect((await put('outputs/x', 'abcd')).statusCode).toBe(413);
    expect((await put('outputs/other', 'abc')).statusCode).toBe(409);
  });

  it('writes nowhere but into the parts of the tree that come back, and through no link', async () => {
    for (const name of ['configs/x', 'inputs/x', 'home/x', 'elsewhere/x', 'working', 'outputs', 'inputs']) {
      expect((await list(file(name, 'x'))).statusCode).toBe(403);
    }
    expect((await list('l - - elsewhere/x working/l')).statusCode).toBe(403);
    expect((await list('l - - inputs working/l')).body).toBe('done\n');
    expect((await list(file('working/l/x', 'x'))).body).not.toContain('missing');
    expect(await readdir(at('job/7/inputs'))).toEqual([]);
  });

  it('answers anything with a status and a line, and touches nothing outside of the job and its tree', async () => {
    const piece = fc.constantFrom(
      '..',
      '/',
      '%2e%2e',
      '%2f',
      'outputs',
      'inputs',
      '7',
      'secret.key',
      '%00',
      'a',
    );
    const name = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const route = fc.constantFrom('script', 'inputs', 'input', 'outputs', 'output');
    const method = fc.constantFrom('GET', 'POST', 'PUT');
    await fc.assert(
      fc.asyncProperty(method, route, name, fc.string(), async (verb, where, what, payload) => {
        const { statusCode, body } = await ask(verb as 'GET', `${where}?name=${what}`, {
          ...(verb !== 'GET' && { payload }),
        });
        expect(statusCode).toBeLessThan(500);
        expect(body).not.toContain('a secret');
        expect((await readdir(top)).sort()).toEqual(['control', 'control.sh', 'job', 'secret.key']);
        expect(await readFile(at('secret.key'), 'utf8')).toBe('a secret of the daemon');
        expect(await readdir(at('job'))).toEqual(['7']);
      }),
      { numRuns: 150 },
    );
  });

  it('knows a checksum that it has computed only as long as the file stays as it is', async () => {
    await writeFile(at('job/7/inputs/a'), randomBytes(10));
    const before = (await ask('GET', 'inputs')).body;
    await writeFile(at('job/7/inputs/a'), 'other text');
    const after = (await ask('GET', 'inputs')).body;
    expect(after).not.toBe(before);
    expect(after).toContain(sha256('other text'));
  });
});
