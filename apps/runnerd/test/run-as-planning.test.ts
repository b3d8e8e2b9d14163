import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ApiJob, askApi } from './api-job.ts';
import { type DaemonProcess, directoryForTest, startDaemon } from './daemon-process.ts';

const secret = 'TOPSECRET';

/** A directory to which everybody may find the way. */
function openDirectory(): string {
  const directory = directoryForTest();
  chmodSync(directory, 0o755);
  return directory;
}

interface Attempt {
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly job: (at: (file: string) => string) => object;
}

const command = 'cat {a}';
const split = (strategy: string, parameters: object, input = 'a') => ({ input, strategy, parameters });

/** Ways to have files read in order to plan a job; those of the name `secret` are root's alone. */
const attempts: Readonly<Record<string, Attempt>> = {
  'records over gzip': {
    files: { 'secret.fasta.gz': gzipSync(`>${secret}\nACGT\n`.repeat(10)) },
    job: (at) => ({
      inputs: { a: at('secret.fasta.gz') },
      command,
      split: split('records', { format: 'fasta', parts: 2 }),
    }),
  },
  'records of CSV': {
    files: { 'secret.csv': `${secret},${secret}\n1,2\n`.repeat(10) },
    job: (at) => ({
      inputs: { a: at('secret.csv') },
      command,
      split: split('records', { format: 'csv', parts: 2 }),
    }),
  },
  'a sweep over a table': {
    files: { 'secret.tsv': `${secret}\tb\n${secret}\t2\n` },
    job: (at) => ({ inputs: { a: at('secret.tsv') }, command: 'echo {b}', split: split('sweep', {}) }),
  },
  'a table of one faulty line': {
    files: { secret: `${secret} :;\n` },
    job: (at) => ({ inputs: { a: at('secret') }, command: 'echo', split: split('sweep', {}) }),
  },
  'a list to scatter over': {
    files: { 'secret.txt': `${secret}\n${secret}\n` },
    job: (at) => ({ inputs: { a: at('secret.txt') }, command, split: split('scatter', { list: true }) }),
  },
  targets: {
    files: { 'a.fa': '>chr\nACGT\n', 'a.fa.fai': 'chr\t4\t5\t4\t5\n', 'secret.bed': `chr\t0\t${secret}\n` },
    job: (at) => ({
      inputs: { a: at('a.fa') },
      command,
      split: split('regions', { by: 'target', targets: at('secret.bed') }),
    }),
  },
  'an index': {
    files: { 'a.fa': '>chr\nACGT\n', 'secret.fai': `${secret}\t4\t5\t4\t5\n` },
    job: (at) => ({
      inputs: { a: at('a.fa') },
      command,
      split: split('regions', { by: 'contig', indexes: [at('secret.fai')] }),
    }),
  },
};

const document = (job: object, directory: string) => ({
  outputs: { o: { destination: path.join(directory, 'out', 'o.txt') } },
  resources: { cpus: 0.1, mem: 64 },
  ...job,
});

async function ended(url: string, id: string): Promise<ApiJob> {
  for (;;) {
    const { body } = await askApi<ApiJob>(url, `jobs/${id}`);
    if (['ok', 'error', 'deleted'].includes(body.state)) return body;
    await pause(50);
  }
}

/** The files of an attempt, those that are secret for root alone; answers where they are. */
function writeFiles({ files }: Attempt): string {
  const directory = openDirectory();
  for (const [file, content] of Object.entries(files)) {
    const mode = file.startsWith('secret') ? 0o600 : 0o644;
    writeFileSync(path.join(directory, file), content, { mode });
  }
  return directory;
}

/** All that is told of a job that cannot be run, be it refused or ended. */
async function refusalOf(url: string, job: object): Promise<unknown> {
  const { status, body } = await askApi<ApiJob>(url, 'jobs', job);
  if (status === 400) return body;
  expect(status).toBe(201);
  const end = await ended(url, body.id);
  expect(end.state).toBe('error');
  return end;
}

describe.skipIf(process.getuid?.() !== 0)('a daemon that is root, and plans jobs of others', () => {
  it('shows them nothing of files that they may not read, by no strategy', async () => {
    const state = path.join(openDirectory(), 'state');
    const daemon = startDaemon({ state, asWhom: ['--run-as', 'nobody'] });
    const url = await daemon.url();
    for (const [name, attempt] of Object.entries(attempts)) {
      const directory = writeFiles(attempt);
      const job = attempt.job((file) => path.join(directory, file));
      const told = JSON.stringify(await refusalOf(url, document(job, directory)));
      expect(told, name).toContain('may not read');
      expect(told, name).not.toContain(secret);
    }
    expect(contentsOf(path.join(state, 'jobs'))).not.toContain(secret);
  });

  it('plans, runs and joins jobs over what they may read', async () => {
    const directory = openDirectory();
    const daemon = startDaemon({ state: path.join(directory, 'state'), asWhom: ['--run-as', 'nobody'] });
    const url = await daemon.url();
    const genes = path.join(directory, 'genes.fasta.gz');
    writeFileSync(genes, gzipSync('>a\nAC\n>b\nGT\n>c\nAA\n'));
    const out = path.join(directory, 'out');
    writeFileSync(out, '');
    chmodSync(directory, 0o777);
    const job = {
      inputs: { a: genes },
      outputs: { o: { destination: path.join(directory, 'o.txt') } },
      command: 'id -un > {o}; zcat {a} >> {o}',
      resources: { cpus: 0.1, mem: 64 },
      split: split('records', { format: 'fasta', parts: 3 }),
    };
    const { status, body } = await askApi<ApiJob>(url, 'jobs', job);
    expect(status, JSON.stringify(body)).toBe(201);
    expect(await ended(url, body.id)).toMatchObject({ state: 'ok' });
    const lines = ['a\nAC', 'b\nGT', 'c\nAA'].map((record) => `nobody\n>${record}\n`);
    expect(readFileSync(path.join(directory, 'o.txt'), 'utf8')).toBe(lines.join(''));
    expect(statSync(path.join(directory, 'o.txt')).uid).toBe(65534);
  });
});

describe('a daemon whose job can never be planned', () => {
  it('goes on with all else meanwhile, and ends the planning with the job', async () => {
    const directory = openDirectory();
    const daemon = startDaemon({ state: path.join(directory, 'state') });
    const url = await daemon.url();
    const job = {
      ...document({ command: 'echo {n} > {o}' }, directory),
      split: {
        when: '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a+)+$")',
        strategy: 'replicate',
        parameters: { replicates: 2 },
      },
    };
    const { status, body } = await askApi<ApiJob>(url, 'jobs', job);
    expect(status, JSON.stringify(body)).toBe(201);
    await daemon.until(() => planning(daemon).length === 1);
    for (let asked = 0; asked < 20; asked += 1) {
      expect((await fetch(new URL('/healthz', url))).status).toBe(200);
      expect((await askApi<ApiJob>(url, `jobs/${body.id}`)).body.state).toBe('new');
    }
    expect((await askApi<ApiJob>(url, `jobs/${body.id}/cancel`, {})).body.state).toBe('deleted');
    await daemon.until(() => planning(daemon).length === 0);
  });

  it('refuses what can be seen to be wrong', async () => {
    const directory = openDirectory();
    const daemon = startDaemon({ state: path.join(directory, 'state') });
    const url = await daemon.url();
    const job = { ...document({ command: 'true' }, directory), split: { strategy: 'recrods' } };
    const { status, body } = await askApi<{ detail: string }>(url, 'jobs', job);
    expect(status).toBe(400);
    expect(body.detail).toContain('there is no strategy "recrods"; there are: records');
    expect((await askApi<{ jobs: ApiJob[] }>(url, 'jobs')).body.jobs).toEqual([]);
  });
});

/** The ids of the processes that plan for a daemon. */
function planning({ child }: DaemonProcess): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const isChild = readFileSync(`/proc/${name}/status`, 'utf8').includes(`\nPPid:\t${child.pid}\n`);
      return isChild && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('plan-program');
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

function contentsOf(directory: string): string {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'latin1')).join('\n');
}
