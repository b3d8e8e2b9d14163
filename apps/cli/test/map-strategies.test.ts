import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordFormats } from '@galaxy-mesos/formats';
import { builtIn } from '@galaxy-mesos/parallelism';
import { beforeEach, describe, expect, it } from 'vitest';
import { directoryForTest, type Ended, fasta, galaxyMesos } from './command.ts';

let cwd: string;
beforeEach(() => {
  cwd = directoryForTest();
  writeFileSync(path.join(cwd, 'reads.fa'), fasta(50));
});

const run = (...words: string[]): Promise<Ended> => galaxyMesos(words, { cwd });
const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');
const well = { code: 0, stdout: '', stderr: '' };

describe('galaxy-mesos map --strategy', () => {
  it('runs a command with other values each time, quoted as the shell needs it', async () => {
    const values = `values=${JSON.stringify({ k: [1, 2], what: ["it's", '$HOME {k}'] })}`;
    const words = ['map', '--strategy', 'sweep', '--set', values, '--merge', 'concat', '--output', 'o'];
    const command = "printf '%s-' {k} {what} {{k}} '{x}'; echo";
    expect(await run(...words, '--', command)).toEqual(well);
    expect(read('o')).toBe(
      ["1-it's", '1-$HOME {k}', "2-it's", '2-$HOME {k}'].map((text) => `${text}-{k}-{x}-\n`).join(''),
    );
  });

  it('keeps all results in a directory, with the values in a table, where nothing else is said', async () => {
    const words = ['map', '--strategy', 'sweep', '--set', 'values={"k":[1,2]}', '--output', 'all'];
    expect(await run(...words, '--', 'echo {k}')).toEqual(well);
    expect(read('all/collection.tsv')).toMatch(
      /^#element\tfile\tbytes\tk\nk=1\t1_k.*\t2\t1\nk=2\t2_k.*\t2\t2\n$/,
    );
    expect(readdirSync(cwd).sort()).toEqual(['all', 'reads.fa']);
  });

  it('joins by the format of the result, or as --merge says', async () => {
    const sam = '@HD\\tVN:1.6\\n@SQ\\tSN:c\\tLN:9\\nr{k}\\t4\\t*\\t0\\t0\\t*\\t*\\t0\\t0\\tA\\tI\\n';
    const words = ['map', '--strategy', 'sweep', '--set', 'values={"k":[1,2]}'];
    const byName = ['--merge', 'sam', '--output', 'o.sam'];
    expect(await run(...words, ...byName, '--', `printf '${sam}'`)).toEqual(well);
    expect(read('o.sam').match(/^@HD/gm)).toHaveLength(1);
    expect(read('o.sam').match(/^r\d/gm)).toEqual(['r1', 'r2']);
    expect(await run(...words, '--merge', 'sum', '--output', 'o', '--', 'echo {k}')).toEqual(well);
    expect(read('o')).toBe('3\n');
  });

  it('says which results cannot be joined, and why, and keeps them', async () => {
    const words = [
      'map',
      '--strategy',
      'sweep',
      '--set',
      'values={"k":[1,"x"]}',
      '--merge',
      'sum',
      '--output',
      'o',
    ];
    const { code, stderr } = await run(...words, '--', 'echo {k}');
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('[JOIN]') });
    expect(stderr).toContain('part 2');
    expect(readdirSync(cwd).sort()).toEqual(['.o.galaxy-mesos', 'reads.fa']);
  });

  it('gives the same seeds again, each another one', async () => {
    const words = ['map', '--strategy', 'replicate', '--set', 'replicates=5', '--output', 'o'];
    expect(await run(...words, '--', 'echo {replicate} {seed}')).toEqual(well);
    const first = read('o');
    expect(first.split('\n').map((line) => line.split(' ')[0])).toEqual(['1', '2', '3', '4', '5', '']);
    expect(new Set(first.split('\n').map((line) => line.split(' ')[1])).size).toBe(6);
    expect(await run(...words, '--', 'echo {replicate} {seed}')).toEqual(well);
    expect(read('o')).toBe(first);
  });

  it('runs all against all, and names inputs by --over', async () => {
    const words = ['--input', 'a=reads.fa', '--input', 'b=reads.fa', '--input', 'c=reads.fa'];
    const pairs = ['--strategy', 'pairs', '--over', 'b', '--over', 'c', '--set', 'size=25', '--output', 'o'];
    const command = 'for x in {b} {c} {a}; do grep -c ">" $x; done | paste -sd " " -; echo {left} {right}';
    expect(await run('map', ...words, ...pairs, '--', command)).toEqual(well);
    expect(read('o')).toBe('25 25 50\n1 1\n25 25 50\n1 2\n25 25 50\n2 1\n25 25 50\n2 2\n');
  });
});

describe('galaxy-mesos map --plan', () => {
  const plan = (content: unknown): void =>
    writeFileSync(path.join(cwd, 'plan.json'), JSON.stringify(content));
  const words = ['map', '--input', 'reads.fa', '--plan', 'plan.json', '--output', 'o', '--'];
  const halves = { input: 'input', parameters: { format: 'fasta', size: 25 } };
  const count = 'grep -c ">" {input}';

  it('takes the first way whose condition holds, or runs the command on the whole file', async () => {
    plan({
      split: [
        { when: 'mesos', whole: true },
        { when: 'inputs.input.bytes > 100', ...halves },
      ],
    });
    expect(await run(...words, count)).toEqual(well);
    expect(read('o')).toBe('25\n25\n');
    plan({ split: [{ when: 'mesos', ...halves }] });
    expect(await run(...words, count)).toEqual(well);
    expect(read('o')).toBe('50\n');
  });

  it('cuts the parts of one strategy by another', async () => {
    const values = { k: ['a', 'b'] };
    const split = { strategy: 'sweep', parameters: { values }, each: halves };
    const text = 'a\n25\na\n25\nb\n25\nb\n25\n';
    plan({ split, merge: ['concat', 'concat'] });
    expect(await run(...words, `echo {k}; ${count}`)).toEqual(well);
    expect(read('o')).toBe(text);
    // Once kept apart by the sweep, and once more, in the place of what is there then.
    plan({ split, merge: 'concat' });
    const apart = ['map', '--input', 'reads.fa', '--plan', 'plan.json', '--output', 'apart', '--'];
    for (const word of ['once', 'twice']) {
      expect(await run(...apart, `echo ${word} {k}; ${count}`)).toEqual(well);
      const files = readdirSync(path.join(cwd, 'apart')).sort();
      expect(files).toHaveLength(3);
      expect(read(`apart/${files[1]}`)).toBe(`${word} b\n25\n`.repeat(2));
    }
  });

  it('reduces results by a command, and leaves out parts that fail, if it says so', async () => {
    const split = { strategy: 'replicate', parameters: { replicates: 5 } };
    const merge = { reduce: 'cat {parts} > {output}', arity: 2 };
    plan({ split, merge, failedParts: 'skip' });
    const replicates = ['map', '--plan', 'plan.json', '--output', 'o', '--'];
    const { code, stderr } = await run(...replicates, '[ {replicate} != 3 ] || exit 7; echo {replicate}');
    expect(stderr).toMatch(
      /^galaxy-mesos: left out: 1 part that failed\n {2}part 3, replicate 3: ended with exit code 7\n$/,
    );
    expect({ code, result: read('o') }).toEqual({ code: 0, result: '1\n2\n4\n5\n' });
    const failed = await run(...replicates, 'echo {replicate} >&2; exit 7');
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('failed: exit code 7') });
  });

  it('says what is wrong with it', async () => {
    plan({ split: { inputt: 'input', when: 5 } });
    expect(await run(...words, count)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'galaxy-mesos: --plan plan.json:1:35: split.when: 5 cannot be used; expected a text\n--plan plan.json:1:20: split.inputt: there is no such field; did you mean inputs?\n',
    });
    plan({ split: [{ when: 'mesos &&', whole: true }] });
    const { code, stderr } = await run(...words, count);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('the condition') });
  });
});

describe('galaxy-mesos strategies', () => {
  it('lists strategies, merges and formats', async () => {
    const { code, stdout } = await run('strategies');
    expect(code).toBe(0);
    for (const { name } of [...builtIn.strategies, ...builtIn.merges])
      expect(stdout).toMatch(new RegExp(`^ {2}${name}$`, 'm'));
    for (const { name } of recordFormats) expect(stdout).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    expect(stdout).toContain('      --set replicates=<integer> (required)');
    const { stdout: json } = await run('strategies', '--json');
    expect(Object.keys(JSON.parse(json))).toEqual(['strategies', 'merges', 'formats']);
  });
});
