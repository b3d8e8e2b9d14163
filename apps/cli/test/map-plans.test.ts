import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { directoryForTest, type Ended, eventsIn, galaxyMesos } from './command.ts';

let cwd: string;
const write = (file: string, text: string): void => writeFileSync(path.join(cwd, file), text);
const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');
const run = (...words: string[]): Promise<Ended> => galaxyMesos(words, { cwd });
const well = { code: 0, stdout: '', stderr: '' };

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `${index}\n`).join('');
const fastq = (mate: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `@r${index}/${mate}\nACGT\n+\nIIII\n`).join('');

beforeEach(() => {
  cwd = directoryForTest();
  write('a.txt', lines(6));
  write('b.txt', 'x\ny\n');
});

describe('galaxy-mesos map with several files for one input', () => {
  const both = ['--input', 'text=a.txt', '--input', 'text=b.txt'];

  it('goes through them', async () => {
    const words = ['map', ...both, '--strategy', 'scatter', '--merge', 'lines', '--output', 'o'];
    expect(await run(...words, '--', 'echo {element} $(wc -l < {text})')).toEqual(well);
    expect(read('o')).toBe('a 6\nb 2\n');
  });

  it('gives all of them to each task where another input is cut', async () => {
    const words = ['map', ...both, '--input', 'cut=a.txt', '--over', 'cut', '--parts', '2', '--output', 'o'];
    expect(await run(...words, '--', 'cat {text} {cut} | wc -l')).toEqual(well);
    expect(read('o')).toBe('11\n11\n');
    const quoted = await run(...words, '--', 'cat "{text}" {cut}');
    expect(quoted).toMatchObject({ code: 2, stderr: expect.stringContaining('{text} stands for 2 files') });
  });
});

describe('galaxy-mesos map --reduce', () => {
  it('makes one result of all, a few at a time, in their order', async () => {
    const words = ['map', '--input', 'text=a.txt', '--size', '2', '--output', 'o', '--json', '--arity', '2'];
    const { code, stdout } = await run(
      ...words,
      '--reduce',
      'cat {parts} > {output}; echo r >> {output}',
      '--',
      'cat {text}',
    );
    expect(code).toBe(0);
    expect(read('o').replaceAll('r\n', '')).toBe(lines(6));
    expect(read('o').match(/r\n/g)).toHaveLength(2);
    expect(eventsIn(stdout)).toContainEqual(expect.objectContaining({ event: 'planned', tasks: 3 }));
  });
});

const plan = `
# Two counts, each over three parts.
split:
  strategy: sweep
  parameters:
    values: { k: [1, 2] }
  each: { input: text, parameters: { format: text, parts: 3 } }
merge: [collection, sum]
`;

describe('galaxy-mesos map --plan', () => {
  it('takes YAML, with nested steps that are joined each in its own way', async () => {
    write('plan.yml', plan);
    const words = ['map', '--input', 'text=a.txt', '--plan', 'plan.yml', '--output', 'all'];
    expect(await run(...words, '--', 'echo $(($(wc -l < {text}) * {k}))')).toEqual(well);
    const [one = '', two = ''] = readdirSync(path.join(cwd, 'all')).sort();
    expect([read(`all/${one}`), read(`all/${two}`)]).toEqual(['6\n', '12\n']);
  });

  it('tells the place of what is wrong', async () => {
    write('plan.yml', plan.replace('strategy:', 'stratgy:'));
    const words = [
      'map',
      '--input',
      'text=a.txt',
      '--plan',
      'plan.yml',
      '--output',
      'all',
      '--',
      'cat {text}',
    ];
    expect(await run(...words)).toMatchObject({
      code: 2,
      stderr:
        'galaxy-mesos: --plan plan.yml:4:12: split.stratgy: there is no such field; did you mean strategy?\n',
    });
  });

  it('tells the parts and how they would be joined, and runs nothing, with --dry-run', async () => {
    write('plan.yml', plan);
    const words = ['map', '--input', 'text=a.txt', '--plan', 'plan.yml', '--output', 'all', '--dry-run'];
    const { code, stdout } = await run(...words, '--', 'cat {text}');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^ +part +records +cost +what it is$/),
      ...Array.from({ length: 6 }, (_, index) =>
        expect.stringMatching(
          new RegExp(`^ +${index + 1} +2 +4 +k=${index < 3 ? 1 : 2}, part ${(index % 3) + 1}$`),
        ),
      ),
      '6 parts',
      'output: those of each group joined by sum; of these, all joined by collection',
      '',
    ]);
    expect(readdirSync(cwd).sort()).toEqual(['a.txt', 'b.txt', 'plan.yml']);
  });
});

describe('galaxy-mesos submit --local', () => {
  it('takes a document in YAML', async () => {
    write(
      'job.yml',
      'command: cat {text} | wc -l\ninputs: {text: [a.txt, b.txt]}\noutputs: {count: o}\nstandardOutput: count\n',
    );
    expect(await run('submit', '--local', 'job.yml')).toEqual(well);
    expect(read('o')).toBe('8\n');
    write('job.yml', 'command: cat {text}\ninputs:\n  text: 7\n');
    expect(await run('submit', '--local', 'job.yml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('galaxy-mesos: job.yml:3:9: inputs.text: 7 cannot be used; expected'),
    });
  });
});

describe('galaxy-mesos run of a tool that says how it is split', () => {
  const tool = (parallelism: string): string =>
    `<tool id="mates" name="Mates" version="1" profile="24.0">${parallelism}
       <command>paste '$one' '$two' | grep -c '^@' > '$count' &amp;&amp; echo {k} > '$value'</command>
       <inputs><param name="one" type="data"/><param name="two" type="data"/></inputs>
       <outputs><data name="count" format="tabular"/><data name="value" format="txt"/></outputs>
     </tool>`;
  const words = ['run', 'mates.xml', '--input', 'one=1.fq', '--input', 'two=2.fq', '--output-dir', 'results'];

  beforeEach(() => {
    write('1.fq', fastq(1, 10));
    write('2.fq', fastq(2, 10));
  });

  it('cuts mates together, and picks outputs', async () => {
    const attributes =
      'method="multi" split_inputs="one,two" split_mode="to_size" split_size="4" merge_outputs="count" pickone_outputs="value"';
    write('mates.xml', tool(`<parallelism ${attributes}/>`));
    expect(await run(...words)).toEqual(well);
    expect(read('results/count.tabular')).toBe('4\n4\n2\n');
    expect(read('results/value.txt')).toBe('{k}\n');
    write('2.fq', fastq(2, 9));
    expect(await run(...words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RECORDS_DISAGREE'),
    });
  });

  it('cuts it by its strategies, with values in its command', async () => {
    const strategies = `<strategy name="sweep" values='{"k": ["a b", "$HOME"]}'>
        <strategy name="records" inputs="one,two" format="fastq" parts="2"/></strategy>
      <merge output="count,value" name="lines"/><merge output="count,value" name="lines"/>`;
    write('mates.xml', tool(`<parallelism>${strategies}</parallelism>`));
    expect(await run(...words)).toEqual(well);
    expect(read('results/count.tabular')).toBe('5\n5\n5\n5\n');
    expect(read('results/value.txt')).toBe('a b\na b\n$HOME\n$HOME\n');
  });

  it('cuts it as a person says', async () => {
    write('mates.xml', tool(''));
    const over = ['--over', 'one', '--over', 'two', '--strategy-set', 'size=3'];
    expect(await run(...words, '--strategy', 'records', ...over, '--merge', 'lines')).toEqual(well);
    expect(read('results/count.tabular')).toBe('3\n3\n3\n1\n');
  });
});
