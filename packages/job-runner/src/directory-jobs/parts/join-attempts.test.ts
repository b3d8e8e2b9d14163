import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aJob } from '../../testing/a-job.ts';
import { deliverDirectory } from '../deliver-directory.ts';
import { joinAttempts, joinedAttempt } from './join-attempts.ts';

const watched = vi.hoisted(() => ({
  /** What this process has made or given away. */
  touched: [] as string[],
  /** So many trees are removed before the machine is off. */
  removals: Number.POSITIVE_INFINITY,
}));

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof files>();
  const touching =
    <Given extends unknown[], Result>(does: (file: string, ...given: Given) => Promise<Result>) =>
    (file: string, ...given: Given): Promise<Result> => {
      watched.touched.push(file);
      return does(file, ...given);
    };
  return {
    ...real,
    mkdir: touching(real.mkdir),
    mkdtemp: touching((prefix: string) => real.mkdtemp(prefix)),
    chown: touching(real.chown),
    rename: async (from: string, to: string) => {
      if (path.basename(to).startsWith('abandoned-')) {
        if (watched.removals <= 0) throw new Error('the machine is off');
        watched.removals -= 1;
      }
      return real.rename(from, to);
    },
  };
});

let top: string;
beforeEach(async () => {
  watched.removals = Number.POSITIVE_INFINITY;
  top = await files.mkdtemp(path.join(tmpdir(), 'join-attempts-'));
});
afterEach(() => files.rm(top, { recursive: true, force: true }));

const control = () => path.join(top, 'control');
const job = () => aJob({ id: 'o.m.7', directory: path.join(top, 'job'), outputs: [] });

async function write(file: string, text: string): Promise<void> {
  await files.mkdir(path.dirname(file), { recursive: true });
  await files.writeFile(file, text);
}

/** Of three parts one has something to say; the others leave what Galaxy has put there. */
async function setUp(): Promise<void> {
  await files.rm(control(), { recursive: true, force: true });
  await files.rm(path.join(top, 'job'), { recursive: true, force: true });
  await write(path.join(top, 'job/outputs/dataset_1.dat'), '');
  for (const [index, text] of ['', 'found\n', ''].entries()) {
    const tree = path.join(control(), `attempts/o.m.7-${index}.1/job`);
    await write(path.join(tree, 'outputs/dataset_1.dat'), text);
    await write(path.join(tree, 'return_code'), '0\n');
    await write(path.join(control(), `parts/00000${index}`), 'true\n');
  }
}

const join = () =>
  joinAttempts({
    job: job(),
    controlDirectory: control(),
    attempts: [0, 1, 2].map((index) => ({ attemptId: `o.m.7-${index}.1` })),
    modules: [],
    strategyMerges: [],
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    signal: AbortSignal.timeout(120_000),
  });

// Each join is a program that starts, on a machine that may be busy.
it('nothing is made or given away where the attempts are, whose user may put links there', {
  timeout: 120_000,
}, async () => {
  await setUp();
  watched.touched = [];
  await join();
  expect(watched.touched).toContainEqual(expect.stringContaining(control()));
  expect(watched.touched.filter((file) => file.startsWith(path.join(control(), 'attempts')))).toEqual([]);
  expect(await files.readdir(control())).toEqual(['attempt-joined', 'attempts', 'parts']);
});

it('what was delivered is not joined once more, wherever the removal of the trees was cut short', {
  timeout: 120_000,
}, async () => {
  for (let removals = 0; removals <= 4; removals += 1) {
    await setUp();
    watched.removals = removals;
    await join();
    const first = await deliverDirectory(job(), control(), joinedAttempt).catch(() => 'cut short');
    expect(first === 'cut short').toBe(removals < 4);
    watched.removals = Number.POSITIVE_INFINITY;
    await join();
    expect(await deliverDirectory(job(), control(), joinedAttempt)).toEqual({ exitCode: 0 });
    expect(await files.readFile(path.join(top, 'job/outputs/dataset_1.dat'), 'utf8')).toBe('found\n');
    const left = await files.readdir(control());
    expect(left.filter((name) => !name.startsWith('abandoned-'))).toEqual([]);
  }
});
