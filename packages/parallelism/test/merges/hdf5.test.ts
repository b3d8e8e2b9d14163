import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonRig } from '../../../../test-fixtures/real-pulsar/python-rig.ts';
import { readyMerge } from '../../src/index.ts';

/** Galaxy comes with h5py. */
const galaxyRig = pythonRig('Galaxy 26.1', 'GALAXY_RIG_HOME', 'galaxy-rig', 'npm run setup:galaxy');

let directory: string;
let count = 0;
const { PATH = '' } = process.env;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'merge-hdf5-'));
});
afterAll(async () => {
  process.env.PATH = PATH;
  await rm(directory, { recursive: true });
});

const python = (program: string): string =>
  execFileSync(join(galaxyRig.programs, 'python'), ['-c', `import h5py, numpy\n${program}`], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** Writes a file by statements about `f`. */
const made = (statements: string): string => {
  count += 1;
  const path = join(directory, `${count}.h5`);
  python(`f = h5py.File(${JSON.stringify(path)}, "w")\n${statements}\nf.close()`);
  return path;
};

const joined = async (paths: readonly string[], once?: readonly string[]): Promise<string> => {
  count += 1;
  const destination = join(directory, `joined-${count}.h5`);
  const merge = readyMerge({ merge: 'hdf5', parameters: once ? { once } : {} });
  if (merge.kind !== 'here') throw new Error('hdf5 is joined here');
  await merge.join({ parts: paths.map((path) => ({ path })), destination });
  return destination;
};

/** Of rows `from` to `to` of what a whole run would have written. */
const rows = (from: number, to: number): string =>
  made(`
f.attrs["tool"] = "x"
f["k"] = 7
g = f.create_group("reads")
g.attrs["unit"] = "bp"
n = numpy.arange(${from}, ${to})
d = g.create_dataset("signal", data=numpy.stack([n, n * 2.5], axis=1), chunks=(4, 2), maxshape=(None, 2), compression="gzip", shuffle=True)
d.attrs["names"] = ["a", "b"]
g.create_dataset("name", data=[f"read{i}" for i in n], dtype=h5py.string_dtype())
g.create_dataset("pair", data=numpy.array(list(zip(n, n)), dtype=[("x", "i4"), ("y", "f8")]))
f["axis"] = [1, 2, 3]`);

describe.skipIf(!galaxyRig.require())('hdf5', () => {
  beforeAll(() => {
    process.env.PATH = `${galaxyRig.programs}${delimiter}${PATH}`;
  });

  it('appends data sets along their first axis, and keeps groups, attributes, types and compression', async () => {
    const result = await joined([rows(0, 5), rows(5, 5), rows(5, 11)], ['/axis']);
    const differences = python(`
def told(path):
    with h5py.File(path) as f:
        found = [("/", sorted(map(str, f.attrs.items())))]
        def tell(name, thing):
            kind = (str(thing.dtype), thing.shape, thing.chunks, thing.compression, thing.shuffle, str(thing[()].tolist())) if isinstance(thing, h5py.Dataset) else ()
            found.append((name, sorted((k, str(v)) for k, v in thing.attrs.items()), kind))
        f.visititems(tell)
        return found
one, other = told(${JSON.stringify(result)}), told(${JSON.stringify(rows(0, 11))})
print("\\n".join(str(x) for x in one if x not in other) + "|" + "\\n".join(str(x) for x in other if x not in one))`);
    expect(differences).toBe('|');
  });

  it.each([
    ['another value', 'f["k"] = 1', 'f["k"] = 2', [], /part 2 .*\/k: its value differs/],
    ['another axis', 'f["a"] = [1]', 'f["a"] = [2]', ['a'], /\/a: its value differs.*stands once/],
    ['another attribute', 'f.attrs["v"] = 1', 'f.attrs["v"] = 2', [], /\/: its attribute v differs/],
    ['another type', 'f["a"] = [1]', 'f["a"] = [1.5]', [], /\/a: its type is float64, in part 1 it is int64/],
    ['another width', 'f["a"] = [[1]]', 'f["a"] = [[1, 2]]', [], /\/a: its shape is \(1, 2\)/],
    ['one data set less', 'f["a"] = [1]', '', [], /\/a: it is missing, part 1 has it/],
    ['one data set more', '', 'f["a"] = [1]', [], /\/a: part 1 has none/],
    ['a group in its place', 'f["a"] = [1]', 'f.create_group("a")', [], /\/a: it is a group/],
    ['a link', '', 'f["a"] = h5py.SoftLink("/b")', [], /\/a: it is a link/],
    ['references', '', 'f["a"] = numpy.array([f.ref], dtype=h5py.ref_dtype)', [], /\/a: it holds references/],
    [
      'a sparse matrix',
      '',
      'f.create_group("X").attrs["encoding-type"] = "csr_matrix"',
      [],
      /\/X: it is a sparse/,
    ],
  ])('refuses parts of which one has %s', async (_, one, two, once, message) => {
    await expect(joined([made(one), made(two)], once)).rejects.toThrow(message);
    expect(existsSync(join(directory, `joined-${count}.h5`))).toBe(false);
  });

  it('names the part that is no HDF5 file, or missing', async () => {
    const good = made('f["a"] = [1]');
    const text = join(directory, 'text.h5');
    await writeFile(text, 'no HDF5');
    await expect(joined([good, text])).rejects.toThrow(/NO_MERGE.*part 2 .*text\.h5/);
    await expect(joined([good, join(directory, 'none.h5')])).rejects.toThrow(/NOT_FOUND.*part 2: /);
  });
});

describe('hdf5 without h5py', () => {
  it('says what to install', async () => {
    const path = join(directory, 'any.h5');
    await writeFile(path, 'any');
    const programs = join(directory, 'programs');
    process.env.PATH = programs;
    await expect(joined([path])).rejects.toThrow(/NO_MERGE.*python3 is not on the PATH.*install it there/);
  });
});
