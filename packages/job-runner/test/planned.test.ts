import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkHere, type PlanTold, planHere } from '../src/planning/plan-here.ts';
import { aJob } from '../src/testing/a-job.ts';

// The program that plans, as a process of its own.

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'planned-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const never = new AbortController().signal;

/** A module of a contributor: a strategy without parameters that does what `plan` says. */
function moduleOf(plan: string): string {
  const file = path.join(root, 'contribution.mjs');
  const zod = pathToFileURL(path.resolve('node_modules/zod/index.js')).href;
  writeFileSync(
    file,
    `import { appendFileSync, writeFileSync } from 'node:fs';
import { z } from ${JSON.stringify(zod)};
const part = (index) => ({ index, slices: [], values: { n: String(index) }, records: 1, cost: 1 });
const own = {
  name: 'own',
  description: 'What a test wants.',
  parameters: z.strictObject({}),
  inputs: { least: 0, most: 1 },
  valueNames: async () => ['n'],
  async *plan(inputs, parameters, context) { ${plan} },
};
export default { strategies: [own] };
`,
  );
  return file;
}

const jobBy = (strategy: string, changes: Partial<Job> = {}, when?: string): Job =>
  aJob({
    command: 'echo {n}',
    split: {
      alternatives: [
        { by: [{ strategy, inputs: changes.inputs?.map(({ name }) => name) ?? [], parameters: {} }] },
      ].map((alternative) => ({ ...alternative, ...(when !== undefined && { when }) })),
    },
    ...changes,
  });

const planning = (job: Job, module?: string) => ({
  job,
  directory: root,
  facts: { mesos: false },
  modules: module === undefined ? [] : [module],
  signal: never as AbortSignal,
  took: async (index: number): Promise<number | undefined> => index + 0.5,
});

async function toldBy(given: Parameters<typeof planHere>[0]): Promise<PlanTold[]> {
  const all: PlanTold[] = [];
  for await (const told of planHere(given)) all.push(told);
  return all;
}

const hopeless = '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a+)+$")';

describe('the program that plans', () => {
  test('uses strategies of contributors, which may say what they like', async () => {
    const module = moduleOf(`console.log('hello'); yield part(0); yield part(1);`);
    const [chosen, ...parts] = await toldBy(planning(jobBy('own'), module));
    expect(chosen).toMatchObject({ type: 'chosen', isWhole: false });
    const commands = parts.flatMap((told) =>
      told.type === 'parts' ? told.parts.map(({ command }) => command) : [],
    );
    expect(commands).toEqual(['echo 0', 'echo 1']);
  });

  test('hands parts over before it asks how long one of them took', async () => {
    const module = moduleOf(`yield part(0); const seconds = await context.took(0);
      for (let index = 1; index < 10 * seconds; index += 1) yield part(index);`);
    let handed = 0;
    const took = async () => {
      expect(handed).toBe(1);
      return 0.5;
    };
    for await (const told of planHere({ ...planning(jobBy('own'), module), took })) {
      if (told.type === 'parts') handed += told.parts.length;
    }
    expect(handed).toBe(5);
  });

  test('tells no more where a part is still to be run', async () => {
    const module = moduleOf('yield part(0); await context.took(0); yield part(1);');
    const told = await toldBy({ ...planning(jobBy('own'), module), took: async () => undefined });
    expect(told.map(({ type }) => type)).toEqual(['chosen', 'parts', 'awaited']);
  });

  test('says where it needs more memory than it may have', async () => {
    const module = moduleOf('const all = []; for (;;) all.push({ index: all.length });');
    await expect(toldBy(planning(jobBy('own'), module))).rejects.toThrow(
      'needs more memory than the 256 MiB',
    );
  });

  test('has the environment of whoever asks, where it is of the same user', async () => {
    const module = moduleOf(`yield { ...part(0), values: { n: process.env.OF_A_TEST ?? 'none' } };`);
    process.env.OF_A_TEST = 'there';
    try {
      const told = await toldBy(planning(jobBy('own'), module));
      expect(told.at(-1)).toMatchObject({ type: 'parts', parts: [{ command: 'echo there' }] });
      if (process.geteuid?.() !== 0) return;
      chmodSync(root, 0o755);
      const other = await toldBy({ ...planning(jobBy('own'), module), owner: { uid: 65534, gid: 65534 } });
      expect(other.at(-1)).toMatchObject({ type: 'parts', parts: [{ command: 'echo none' }] });
    } finally {
      delete process.env.OF_A_TEST;
    }
  });

  test('is ended where it computes for ever, by whoever wants to know no more', async () => {
    const stop = new AbortController();
    const given = { ...planning(jobBy('replicate', {}, hopeless)), signal: stop.signal };
    const planned = toldBy(given);
    const checked = checkHere({ ...given, job: jobBy('own'), modules: [moduleOf('yield part(0);')] });
    await checked;
    stop.abort(new Error('enough'));
    await expect(planned).rejects.toThrow('enough');
  });

  test('is ended where it cannot even choose how to cut', async () => {
    const given = { ...planning(jobBy('replicate', {}, hopeless)), patience: 0.5 };
    await expect(toldBy(given)).rejects.toThrow('no alternative of the split could be chosen within 0.5 s');
  });

  test('is ended where it computes without an end while it cuts', async () => {
    const values = { k: ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'] };
    const parameters = { values, where: 'k.matches("(a+)+$")' };
    const by = [{ strategy: 'sweep', inputs: [], parameters }];
    const job = aJob({ command: 'echo {k}', split: { alternatives: [{ by }] } });
    const words = 'nothing more was found of how to cut within 1 s';
    await expect(toldBy({ ...planning(job), silence: 1 })).rejects.toThrow(words);
  });

  test('leaves nothing behind that it has begun, and is not waited for where it does', async () => {
    const pids = path.join(root, 'pids');
    const module = moduleOf(`const { spawn } = await import('node:child_process');
      const begin = (detached) => {
        const begun = spawn('sleep', ['600'], { stdio: 'inherit', detached });
        begun.unref();
        return begun.pid;
      };
      writeFileSync(${JSON.stringify(pids)}, begin(false) + ' ' + begin(true));
      yield part(0);`);
    const told = await toldBy(planning(jobBy('own'), module));
    const [own = 0, escaped = 0] = readFileSync(pids, 'utf8').split(' ').map(Number);
    try {
      expect(told.map(({ type }) => type)).toEqual(['chosen', 'parts']);
      while (isThere(own)) await setTimeout(20);
      expect(isThere(escaped)).toBe(true);
    } finally {
      process.kill(escaped);
    }
  });

  test('does not outlive whoever asked, however busy it is', async () => {
    const pid = path.join(root, 'pid');
    const module = moduleOf(`writeFileSync(${JSON.stringify(pid)}, String(process.pid)); for (;;);`);
    const asker = asking(planning(jobBy('own'), module));
    while (!existsSync(pid) || readFileSync(pid, 'utf8') === '') await setTimeout(20);
    asker.kill('SIGKILL');
    await once(asker, 'exit');
    while (isThere(Number(readFileSync(pid, 'utf8')))) await setTimeout(20);
  });

  test('says what is wrong as a strategy or a format says it', async () => {
    await expect(toldBy(planning(jobBy('glue')))).rejects.toMatchObject({
      name: 'PlanError',
      code: 'UNKNOWN_STRATEGY',
    });
    await expect(checkHere({ ...planning(jobBy('glue')) })).rejects.toMatchObject({
      code: 'UNKNOWN_STRATEGY',
    });
    const gone = path.join(root, 'gone');
    const refusal = { code: 'EACCES', syscall: 'open', path: gone };
    const module = moduleOf(`throw Object.assign(new Error('EACCES'), ${JSON.stringify(refusal)});`);
    await expect(toldBy(planning(jobBy('own'), module))).rejects.toMatchObject({
      name: 'FormatError',
      code: 'NO_PERMISSION',
      path: gone,
    });
  });
});

describe.skipIf(process.geteuid?.() !== 0)('the program that plans as another user', () => {
  const nobody = { uid: 65534, gid: 65534 };

  test('reads what that user may read, and no more; what parts need stays out of the hands of others', async () => {
    chmodSync(root, 0o755);
    const secret = path.join(root, 'secret.fasta');
    writeFileSync(secret, '>secret\nACGT\n', { mode: 0o600 });
    const input = { name: 'a', path: secret, size: 13, modifiedAt: 0, partName: 'a' };
    const step = { strategy: 'records', inputs: ['a'], parameters: { format: 'fasta', parts: 2 } };
    const job = aJob({ inputs: [input], split: { alternatives: [{ by: [step] }] } });
    const given = { ...planning(job), owner: nobody };
    await expect(toldBy(given)).rejects.toMatchObject({ name: 'FormatError', code: 'NO_PERMISSION' });
    expect(statSync(path.join(root, 'parts.sidecar'))).toMatchObject({ uid: 0, gid: nobody.gid });
    expect(statSync(path.join(root, 'parts.sidecar')).mode & 0o777).toBe(0o640);
    chmodSync(secret, 0o644);
    expect(await toldBy(given)).not.toEqual([]);
  });
});

/** A process that plans, as a daemon does. */
function asking(given: object): ChildProcess {
  const module = pathToFileURL(path.resolve('packages/job-runner/src/planning/plan-here.ts')).href;
  const script = `import { planHere } from ${JSON.stringify(module)};
    const given = { ...${JSON.stringify(given)}, signal: new AbortController().signal };
    for await (const told of planHere(given));`;
  const parameters = ['--conditions=@galaxy-mesos/source', '--input-type=module', '-e', script];
  return spawn(process.execPath, parameters, { stdio: 'inherit' });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that nobody has waited for yet is there by name only.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
