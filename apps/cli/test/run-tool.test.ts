import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { directoryForTest, eventsIn, galaxyMesos } from './command.ts';

const inRepository = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const genes = inRepository('test-fixtures/data/yeast-chromosome-3-genes.fasta');
const tool = (name: string): string => inRepository(`examples/tools/${name}.xml`);

let cwd: string;
beforeEach(() => {
  cwd = directoryForTest();
});

const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');

/** The tool as it is, but split into parts of so many records, or not at all. */
function variant(name: string, size: number | undefined): string {
  const xml = readFileSync(tool(name), 'utf8');
  const parallelism = /<parallelism [^>]*\/>/;
  expect(xml).toMatch(parallelism);
  const changed =
    size === undefined
      ? xml.replace(parallelism, '')
      : xml.replace(
          parallelism,
          `<parallelism method="multi" split_inputs="input" split_mode="to_size" split_size="${size}" merge_outputs="output"/>`,
        );
  const file = path.join(cwd, `${name}-${size ?? 'whole'}.xml`);
  writeFileSync(file, changed);
  return file;
}

describe('galaxy-mesos run', () => {
  it('computes the GC content of real genes', async () => {
    const words = ['run', tool('gc-content'), '--input', `input=${genes}`, '--output-dir', 'results'];
    expect(await galaxyMesos(words, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(path.join(cwd, 'results'))).toEqual(['output.tabular']);
    const lines = read('results/output.tabular').split('\n');
    expect(lines).toHaveLength(112);
    expect(lines.slice(0, 2)).toEqual(['YCG9\t1377\t0.3936', 'YCG8\t573\t0.4450']);
  });

  it.each([
    ['gc-content', []],
    ['count-motif', ['--set', 'motif=GATC', '--set', 'ignore_case=false']],
  ])('gives the same bytes for %s split and whole', async (name, settings) => {
    const results: string[] = [];
    for (const size of [undefined, 10, 1]) {
      const xml = variant(name, size);
      const directory = `results-${size ?? 'whole'}`;
      const words = [
        'run',
        xml,
        '--input',
        `input=${genes}`,
        ...settings,
        '--output-dir',
        directory,
        '--json',
      ];
      const { code, stdout } = await galaxyMesos(words, { cwd });
      expect(code).toBe(0);
      const tasks = size === undefined ? 1 : Math.ceil(111 / size);
      expect(eventsIn(stdout)).toContainEqual(expect.objectContaining({ event: 'planned', tasks }));
      results.push(read(`${directory}/output.tabular`));
    }
    expect(results[0]).not.toBe('');
    expect(results[1]).toBe(results[0]);
    expect(results[2]).toBe(results[0]);
  });

  it('goes on with what is not done when it is called again with --resume', async () => {
    const xml = variant('gc-content', 40);
    // After a failure no more tasks are begun, so it waits for the two others.
    const others = `ls '$__tool_directory__' | grep -c '^begun' | grep -q 2`;
    const hasBegun = "mktemp '$__tool_directory__/begun.XXXXXX'";
    const failing = `if grep -q HIS4 '$input'; then until ${others}; do sleep 0.1; done; exit 9; fi; ${hasBegun}`;
    const flaky = `[ -e '$__tool_directory__/go' ] || { ${failing}; };`;
    const text = readFileSync(xml, 'utf8').replace('<![CDATA[', () => `<![CDATA[\n${flaky}\n`);
    writeFileSync(xml, text);
    const words = ['run', xml, '--input', `input=${genes}`, '--output-dir', 'results', '--cpus', '0.5'];
    const first = await galaxyMesos(words, { cwd });
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('part 1 failed: exit code 9');
    writeFileSync(path.join(cwd, 'go'), '');
    const { code, stdout } = await galaxyMesos([...words, '--resume', '--json'], { cwd });
    expect(code).toBe(0);
    expect(eventsIn(stdout)).toContainEqual(
      expect.objectContaining({ event: 'planned', tasks: 3, resumed: 2 }),
    );
  });

  it('runs whole, and says so, what it cannot split', async () => {
    const renamed = path.join(cwd, 'genes.dat');
    writeFileSync(renamed, readFileSync(genes));
    const words = ['run', tool('gc-content'), '--input', `input=${renamed}`, '--output-dir', '.'];
    expect(await galaxyMesos(words, { cwd })).toEqual({
      ...{ code: 0, stdout: '' },
      stderr:
        'galaxy-mesos: gc_content: runs as one task, not in parts: files like genes.dat cannot be split yet\n',
    });
  });

  it.each([
    [
      'an unknown setting',
      ['--set', 'motf=A'],
      '[INVALID_VALUE] count_motif: there is no setting "motf": there are motif, ignore_case; did you mean "motif"?',
    ],
    [
      'a setting out of bounds',
      ['--set', 'motif=G1'],
      '[INVALID_VALUE] count_motif: "motif" is "G1": must be one or more letters',
    ],
    ['a setting that is none', ['--set', 'motif'], '--set motif: expected NAME=VALUE'],
    ['a setting given twice', ['--set', 'motif=A', '--set', 'motif=C'], '--set motif is given twice'],
    ['an input without a name', ['--input', genes], `--input ${genes}: expected NAME=FILE`],
    [
      'no place for results',
      ['--output-dir', 'a/b'],
      '--output-dir a/b: there is no directory CWD/a; make it first',
    ],
    [
      'a file in place of a directory',
      ['--output-dir', genes],
      `--output-dir ${genes}: that is a file; expected the name of a directory`,
    ],
    [
      'a directory that a shell could misread',
      ['--output-dir', 'a b'],
      'CWD/a b/.count_motif.galaxy-mesos: the path has characters that a shell may read as more than a name; choose another --work-dir, or another --output-dir',
    ],
  ])('refuses %s', async (_what, options, message) => {
    const words = ['run', tool('count-motif'), '--input', `input=${genes}`, '--output-dir', 'd', ...options];
    const { code, stderr } = await galaxyMesos(words, { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `galaxy-mesos: ${message.replaceAll('CWD', cwd)}\n`,
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('refuses to put a result in the place of an input, and a file that is no tool', async () => {
    writeFileSync(path.join(cwd, 'output.tabular'), readFileSync(genes));
    const words = ['run', tool('gc-content'), '--input', 'input=output.tabular', '--output-dir', '.'];
    const { code, stderr } = await galaxyMesos(words, { cwd });
    expect(code).toBe(2);
    expect(stderr).toBe(
      `galaxy-mesos: --output-dir .: ${cwd}/output.tabular: that is the file of --input input; choose another place\n`,
    );
    const notXml = await galaxyMesos(['run', genes, '--output-dir', '.'], { cwd });
    expect(notXml.code).toBe(2);
    expect(notXml.stderr).toContain('[MALFORMED_XML]');
  });
});
