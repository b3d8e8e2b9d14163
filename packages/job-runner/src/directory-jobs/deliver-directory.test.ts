import { existsSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aJob } from '../testing/a-job.ts';
import { deliverDirectory } from './deliver-directory.ts';

/** What becomes of the next changes of the file system. */
const crash = vi.hoisted(() => ({
  after: Number.POSITIVE_INFINITY,
  otherFileSystem: false,
  /** What somebody else does just before a file gets another name. */
  meanwhile: async (_source: string): Promise<void> => {},
}));

const changing = vi.hoisted(() => {
  return <Arguments extends unknown[], Result>(
    name: string,
    real: (...given: Arguments) => Promise<Result>,
  ) =>
    async (...given: Arguments): Promise<Result> => {
      if (name === 'rename') await crash.meanwhile(String(given[0]));
      if (name === 'rename' && crash.otherFileSystem && String(given[0]).includes('/control/tree-winner/')) {
        throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' });
      }
      if (crash.after <= 0) throw new Error('the machine is off');
      crash.after -= 1;
      return real(...given);
    };
});

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof files>();
  return {
    ...real,
    rename: changing('rename', real.rename),
    mkdir: changing('mkdir', real.mkdir),
  };
});

// Many small steps, on a machine that may be busy.
describe.each([
  { where: 'its own place', place: 'winner' },
  { where: 'the place that was prepared', place: 'prepared' },
])('deliverDirectory of an attempt in $where', { timeout: 120_000 }, ({ place }) => {
  let top: string;
  const job = () => aJob({ directory: path.join(top, 'job'), outputs: [] });
  const control = () => path.join(top, 'control');
  const inTree = (file: string, attempt = place) => path.join(control(), 'attempts', attempt, 'job', file);
  const write = async (file: string, content: string) => {
    await files.mkdir(path.dirname(file), { recursive: true });
    await files.writeFile(file, content);
  };
  const everything = async () => {
    const entries = await files.readdir(path.join(top, 'job'), { recursive: true, withFileTypes: true });
    const found = entries.filter((entry) => !entry.isDirectory());
    const texts = found.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const text = entry.isSymbolicLink() ? await files.readlink(file) : await files.readFile(file, 'utf8');
      return [path.relative(path.join(top, 'job'), file), text];
    });
    return Object.fromEntries(await Promise.all(texts));
  };

  const claim = async () => {
    if (place === 'prepared') await write(path.join(control(), 'attempts/prepared/claim'), 'winner');
  };

  const setUp = async () => {
    top = await files.mkdtemp(path.join(tmpdir(), 'deliver-directory-'));
    await write(path.join(top, 'job/inputs/in'), 'input');
    await write(path.join(top, 'job/working/old'), 'old');
    await write(path.join(top, 'job/configs/c'), 'config');
    await write(path.join(top, 'job/tool_script.sh'), 'script of before');
    await files.mkdir(path.join(top, 'job/outputs'));
    await files.mkdir(path.join(top, 'job/metadata'));
    await write(inTree('working/new'), 'new');
    await write(inTree('working/deep/er'), 'deep');
    await write(inTree('outputs/out'), 'out');
    await files.symlink('out', inTree('outputs/link'));
    await write(inTree('metadata/tool_stdout'), 'hello');
    await write(inTree('configs/c'), 'changed');
    await write(inTree('inputs/in'), 'changed');
    await write(inTree('tmp/t'), 'temporary');
    await write(inTree('tool_script.sh'), 'script');
    await write(inTree('galaxy_1.ec'), '4\n');
    await write(inTree('return_code'), '4\n');
    await claim();
    await write(inTree('working/new', 'loser'), 'of the loser');
    await write(inTree('working/mine', 'loser'), 'of the loser');
  };

  const delivered = {
    'inputs/in': 'input',
    'configs/c': 'config',
    'working/new': 'new',
    'working/deep/er': 'deep',
    'outputs/out': 'out',
    'outputs/link': 'out',
    'metadata/tool_stdout': 'hello',
    'tool_script.sh': 'script',
    'galaxy_1.ec': '4\n',
    return_code: '4\n',
  };

  beforeEach(setUp);
  afterEach(async () => {
    const meanwhile = async () => {};
    Object.assign(crash, { after: Number.POSITIVE_INFINITY, otherFileSystem: false, meanwhile });
    await files.rm(top, { recursive: true, force: true });
  });

  it('moves what the winner has made into the job directory, and leaves no tree', async () => {
    const inode = (await files.stat(inTree('outputs/out'))).ino;
    expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: 4 });
    expect(await everything()).toEqual(delivered);
    expect((await files.stat(path.join(top, 'job/outputs/out'))).ino).toBe(inode);
    expect(existsSync(path.join(control(), 'attempts'))).toBe(false);
    expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: 4 });
    await vi.waitFor(async () => expect(await files.readdir(control())).toEqual([]), 60_000);
  });

  it.each([false, true])(
    'can be cut short at every step and done again (other file system: %s)',
    async (other) => {
      for (let step = 0; ; step += 1) {
        await files.rm(top, { recursive: true, force: true });
        await setUp();
        Object.assign(crash, { after: step, otherFileSystem: other });
        const first = await deliverDirectory(job(), control(), 'winner').catch(() => 'cut short');
        crash.after = Number.POSITIVE_INFINITY;
        if (first !== 'cut short') {
          expect(step).toBeGreaterThan(10);
          break;
        }
        // Again cut short at another place, and then done.
        crash.after = 2;
        await deliverDirectory(job(), control(), 'winner').catch(() => 'cut short');
        crash.after = Number.POSITIVE_INFINITY;
        expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: 4 });
        expect(await everything()).toEqual(delivered);
        expect(existsSync(path.join(control(), 'attempts'))).toBe(false);
      }
      expect(await everything()).toEqual(delivered);
    },
  );

  it('does not mind a loser that goes on writing', async () => {
    let running = true;
    const writer = (async () => {
      for (let number = 0; running; number += 1) {
        await files.mkdir(inTree(`working/${number}`, 'loser')).catch(() => {});
        await files.writeFile(inTree(`working/${number}/more`, 'loser'), 'more').catch(() => {});
      }
    })();
    expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: 4 });
    running = false;
    await writer;
    expect(await everything()).toEqual(delivered);
    expect(existsSync(path.join(control(), 'attempts'))).toBe(false);
  });

  it('has no exit code where none was told, and says so where there is no tree', async () => {
    await files.writeFile(inTree('return_code'), 'what?\n');
    expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: undefined });
    await files.rm(path.join(top, 'job/return_code'));
    await write(inTree('outputs/out'), 'of an attempt that was ended');
    await claim();
    expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: undefined });
    await expect(deliverDirectory(job(), control(), 'winner')).rejects.toMatchObject({ code: 'DELIVERY' });
  });

  describe('of a task that puts links in the place of its directories', () => {
    const others = () => path.join(top, 'others');
    const link = async (place: string, target = others()) => {
      await files.rm(place, { recursive: true });
      await files.symlink(target, place);
    };
    const ofOthers = ['job/working/secret', 'working/secret', 'shadow'];
    beforeEach(async () => {
      for (const file of ofOthers) await write(path.join(others(), file), 'of others');
    });

    const expectNothingTaken = async () => {
      await expect(deliverDirectory(job(), control(), 'winner')).rejects.toMatchObject({ code: 'DELIVERY' });
      await expect(deliverDirectory(job(), control(), 'winner')).rejects.toMatchObject({ code: 'DELIVERY' });
      for (const file of ofOthers) {
        expect(await files.readFile(path.join(others(), file), 'utf8')).toBe('of others');
      }
      expect(Object.values(await everything())).not.toContain('of others');
    };

    it('takes nothing from where the tree leads', async () => {
      await link(path.dirname(inTree('working')));
      await expectNothingTaken();
    });

    it('takes nothing from where the directory of the attempt leads', async () => {
      await link(path.join(control(), 'attempts', place));
      await expectNothingTaken();
    });

    it.each([
      ['looked at', 'control/tree-winner/working', false],
      ['moved', 'job/working', false],
      ['copied', 'control/tree-winner/working', true],
    ])('takes no directory that became a link while it was %s', async (_when, next, otherFileSystem) => {
      crash.otherFileSystem = otherFileSystem;
      crash.meanwhile = async (source) => {
        if (source !== path.join(top, next)) return;
        crash.meanwhile = async () => {};
        await link(path.join(control(), 'tree-winner/working'));
      };
      await expect(deliverDirectory(job(), control(), 'winner')).rejects.toMatchObject({ code: 'DELIVERY' });
      const working = await files.lstat(path.join(top, 'job/working')).catch(() => undefined);
      expect(working?.isSymbolicLink() ?? false).toBe(false);
      expect(await files.readFile(path.join(others(), 'shadow'), 'utf8')).toBe('of others');
    });

    it('removes nothing where what is in the way leads', async () => {
      await files.symlink(others(), path.join(top, 'job/.galaxy-mesos-replaced-working'));
      expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: 4 });
      expect(await files.readFile(path.join(others(), 'shadow'), 'utf8')).toBe('of others');
    });
  });

  it('moves files whose names are no text', async () => {
    const name = Buffer.concat([Buffer.from(`${inTree('working')}/`), Buffer.from([0xe9, 0x41])]);
    await files.writeFile(name, 'latin');
    expect(await deliverDirectory(job(), control(), 'winner')).toEqual({ exitCode: 4 });
    const names = await files.readdir(path.join(top, 'job/working'), { encoding: 'buffer' });
    expect(names.map((found) => found.toString('latin1'))).toContain('\xe9A');
  });
});
