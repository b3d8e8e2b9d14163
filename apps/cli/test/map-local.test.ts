import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { directoryForTest, type Ended, eventsIn, fasta, galaxyMesos, linesOf, start } from './command.ts';

let cwd: string;
beforeEach(() => {
  cwd = directoryForTest();
  writeFileSync(path.join(cwd, 'reads.fa'), fasta(50));
});

const run = (...words: string[]): Promise<Ended> => galaxyMesos(words, { cwd });
const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');

describe('galaxy-mesos map on this machine', () => {
  it('cuts, runs and joins, as the example of the help has it, and leaves nothing but the result', async () => {
    const command = 'grep -c ACGG {input} > {output}';
    const words = ['map', '--input', 'reads.fa', '--split', 'fasta', '--size', '20', '--output', 'hits.tsv'];
    expect(await run(...words, '--', command)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(read('hits.tsv')).toBe('20\n20\n10\n');
    expect(readdirSync(cwd).sort()).toEqual(['hits.tsv', 'reads.fa']);
  });

  it('takes what the command prints as the result where the command has no {output}', async () => {
    const { code } = await run(
      'map',
      '--input',
      'reads.fa',
      '--parts',
      '7',
      '--output',
      'o',
      '--',
      'cat',
      '{input}',
    );
    expect(code).toBe(0);
    expect(read('o')).toBe(fasta(50));
  });

  it('makes no more parts than there are records, and one of an empty file', async () => {
    for (const records of [1, 0]) {
      writeFileSync(path.join(cwd, 'few.fa'), fasta(records));
      const words = ['map', '--input', 'few.fa', '--parts', '9', '--output', 'o', '--json'];
      const { code, stdout } = await run(...words, '--', 'cat {input}');
      expect(code).toBe(0);
      expect(eventsIn(stdout)).toContainEqual(expect.objectContaining({ event: 'planned', tasks: 1 }));
      expect(read('o')).toBe(fasta(records));
    }
  });

  it('shares further inputs with all tasks, and splits the one that --split names', async () => {
    writeFileSync(path.join(cwd, 'other file.txt'), 'shared\n');
    const words = [
      'map',
      '--input',
      'db=other file.txt',
      '--input',
      'genes=reads.fa',
      '--split',
      'genes=fasta',
    ];
    const { code } = await run(...words, '--size', '25', '--output', 'o', '--', 'cat {db} {genes}');
    expect(code).toBe(0);
    const half = fasta(50).indexOf('>r25');
    expect(read('o')).toBe(`shared\n${fasta(50).slice(0, half)}shared\n${fasta(50).slice(half)}`);
  });

  it('passes on any command as it is', async () => {
    const command = `awk '/^>/ { n++ } END { printf "%d%% of\\t\\"{ x }\\" {y}\\n", n }' {input}\nprintf '%s\\n' 'it'"'"'s \\ {{input}}'`;
    const { code } = await run('map', '--input', 'reads.fa', '--size', '50', '--output', 'o', '--', command);
    expect(code).toBe(0);
    expect(read('o')).toBe('50% of\t"{ x }" {y}\nit\'s \\ {input}\n');
  });

  it('quotes the words of a command that is given as several', async () => {
    const words = ['map', '--input', 'reads.fa', '--size', '50', '--output', 'o', '--'];
    const { code } = await run(...words, 'awk', '/^>/ { print "it\'s", $1; exit }', '{input}');
    expect(code).toBe(0);
    expect(read('o')).toBe("it's >r0\n");
  });

  it.each(['it\'s a "ü$HOME` *.fa', '-x.fa', '--', 'a\nb.fa'])('takes files named %j', async (name) => {
    writeFileSync(path.join(cwd, name), fasta(4));
    const output = `${name}.out`;
    const inputs = ['--input', name, '--input', `whole=${name}`];
    const { code, stderr } = await run(
      ...['map', ...inputs, '--split', 'fasta', '--size', '2', '--output', output, '--'],
      'cat {input}; tail -n 1 {whole}',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(read(output)).filter((line) => line.startsWith('>'))).toHaveLength(4);
  });

  it('follows symbolic links of inputs and outputs', async () => {
    symlinkSync('reads.fa', path.join(cwd, 'link.fa'));
    writeFileSync(path.join(cwd, 'target'), '');
    symlinkSync('target', path.join(cwd, 'out'));
    expect((await run('map', '--input', 'link.fa', '--output', 'out', '--', 'cat {input}')).code).toBe(0);
    expect(read('target')).toBe(fasta(50));
    expect(read('out')).toBe(fasta(50));
  });

  it('leaves the parts with --keep, and does the work again when asked again', async () => {
    const words = [
      'map',
      '--input',
      'reads.fa',
      '--size',
      '20',
      '--output',
      'o',
      '--keep',
      '--',
      'cat {input}',
    ];
    for (let round = 0; round < 2; round++) {
      expect((await run(...words)).code).toBe(0);
      const attempts = path.join(cwd, '.o.galaxy-mesos', 'attempts');
      const parts = readdirSync(attempts)
        .filter((name) => !name.includes('merge'))
        .sort()
        .map((name) => readFileSync(path.join(attempts, name, 'input.fa'), 'utf8'));
      expect(parts).toHaveLength(3);
      expect(parts.join('')).toBe(fasta(50));
    }
  });

  it('keeps its state in the directory that --work-dir names, and removes it from there', async () => {
    const { code, stderr } = await run(
      ...['map', '--input', 'reads.fa', '--output', 'o', '--parts', '1', '--work-dir', '.', '--'],
      'pwd | grep -q "/o-[0-9a-f]*.galaxy-mesos/attempts/" && cat {input}',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(cwd).sort()).toEqual(['o', 'reads.fa']);
  });

  it('hides a MESOS_URL that means this machine from the tasks, and tells them what they may use', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    const command = 'echo "${MESOS_URL-none} $GALAXY_SLOTS $GALAXY_MEMORY_MB"; : {input}';
    const words = [
      'map',
      '--input',
      'reads.fa',
      '--size',
      '50',
      '--output',
      'o',
      '--cpus',
      '2',
      '--mem',
      '64',
    ];
    const environment = { MESOS_URL: 'local', HOME: undefined };
    expect((await galaxyMesos([...words, '--', command], { cwd, environment })).code).toBe(0);
    expect(read('o')).toBe('none 2 64\n');
  });

  it('prints one JSON object a line with --json, each with what the README says', async () => {
    const words = [
      'map',
      '--input',
      'reads.fa',
      '--size',
      '10',
      '--output',
      'o',
      '--json',
      '--',
      'cat {input}',
    ];
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = eventsIn(stdout);
    for (const event of events) expect(event).toMatchObject({ time: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(events.map(({ event }) => event).filter((event) => event !== 'task')).toEqual([
      ...['subscribed', 'planning', 'planned', 'merging', 'finished'],
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        ...{ event: 'task', task: 'part 5', state: 'finished', attempt: 1, exitCode: 0 },
        ...{ agentId: 'local', hostname: expect.any(String) },
      }),
    );
    expect(events.at(-1)).toMatchObject({
      ...{ event: 'finished', state: 'ok', counts: { total: 6, finished: 6, failed: 0 } },
      results: [{ output: 'output', path: path.join(cwd, 'o'), size: fasta(50).length }],
    });
  });

  it('does its work though the reader of its stdout goes away', async () => {
    const words = [
      'map',
      '--input',
      'reads.fa',
      '--size',
      '2',
      '--output',
      'o',
      '--json',
      '--',
      'cat {input}',
    ];
    const running = start(words, { cwd });
    running.child.stdout?.once('data', () => running.child.stdout?.destroy());
    const { code, stderr } = await running.ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('o')).toBe(fasta(50));
  });

  it('lets only one of two runs make an output; the other says why it does not', async () => {
    const go = path.join(cwd, 'go');
    const command = `until [ -e ${go} ]; do sleep 0.02; done; cat {input}`;
    const words = ['map', '--input', 'reads.fa', '--size', '50', '--output', 'o', '--json', '--', command];
    const first = start(words, { cwd });
    await first.until((printed) => printed.includes('"active"'));
    const second = await run(...words);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/\[LOCKED\] .*another process works on it; wait for that one or stop it/);
    writeFileSync(go, '');
    expect((await first.ended()).code).toBe(0);
    expect(read('o')).toBe(fasta(50));
    expect(existsSync(path.join(cwd, '.o.galaxy-mesos'))).toBe(false);
  });
});
