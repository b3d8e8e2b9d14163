import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordFormats } from '@galaxy-mesos/formats';
import { builtIn } from '@galaxy-mesos/parallelism';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, fasta, galaxyMesos, program, Run } from './command.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-errors-'));
  writeFileSync(path.join(cwd, 'reads.fa'), fasta(3));
  writeFileSync(path.join(cwd, 'reads'), fasta(3));
  writeFileSync(path.join(cwd, 'bad.fa'), '>a\nAC\n>b\nA\0C\n');
  writeFileSync(path.join(cwd, 'text.fa'), 'name\tvalue\n');
  writeFileSync(path.join(cwd, 'packed.fa'), Buffer.from('1f8b0800000000000003', 'hex'));
  writeFileSync(path.join(cwd, 'cluster.yaml'), 'on: slurm\npools: { p: { cpu: 1 } }\n');
  writeFileSync(path.join(cwd, 'site.yaml'), '');
  mkdirSync(path.join(cwd, 'directory'));
  symlinkSync('reads.fa', path.join(cwd, 'link.fa'));
  symlinkSync('nowhere', path.join(cwd, 'dangling'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const mergeNames = builtIn.merges.map(({ name }) => name).join(', ');
const formats = recordFormats.map(({ name }) => name).join(', ');
const count = "grep -c '>' {input}";
/** `map` of a good file with a good command, but for the options given. */
const map = (...options: string[]): string[] => [
  'map',
  '--input',
  'reads.fa',
  '--output',
  'o',
  ...options,
  '--',
  count,
];
const mapOf = (input: string, ...options: string[]): string[] => [
  ...['map', '--input', input, '--output', 'o', ...options, '--', count],
];
const lastGoes = "the command of the tasks goes last, after --: … -- 'grep -c ACGT {input}'";

/** Wrong uses and, word for word, what is said of each; CWD is where the command runs. */
const wrong: readonly (readonly [words: readonly string[], message: string])[] = [
  [['mpa'], "unknown command 'mpa'\n(Did you mean map?)"],
  [mapOf('no.fa'), '--input no.fa: there is no file no.fa'],
  [mapOf('reads.fa/x'), '--input reads.fa/x: there is no file reads.fa/x'],
  [mapOf('directory'), '--input directory: directory is not a regular file'],
  [mapOf('a='), "--input a=: the file's name is missing"],
  [
    map('--size', '0'),
    "option '--size <records>' argument '0' is invalid. Expected a whole number of at least 1.",
  ],
  [
    map('--size', '1.5'),
    "option '--size <records>' argument '1.5' is invalid. Expected a whole number of at least 1.",
  ],
  [
    map('--parts', 'NaN'),
    "option '--parts <number>' argument 'NaN' is invalid. Expected a whole number of at least 1.",
  ],
  [
    map('--parts', '2', '--size', '2'),
    "option '--size <records>' cannot be used with option '--parts <number>'",
  ],
  [
    map('--cpus', '0'),
    "option '--cpus <number>' argument '0' is invalid. Expected a number above 0, with at most three decimals.",
  ],
  [
    map('--mem', '-1'),
    "option '--mem <MiB>' argument '-1' is invalid. Expected a number above 0, with at most three decimals.",
  ],
  [
    map('--disk', 'Infinity'),
    "option '--disk <MiB>' argument 'Infinity' is invalid. Expected a number of at least 0, with at most three decimals.",
  ],
  [
    map('--retries', '-1'),
    "option '--retries <number>' argument '-1' is invalid. Expected a whole number of at least 0.",
  ],
  [map('--sizes', '3'), "unknown option '--sizes'\n(Did you mean --size?)"],
  [map('--split', 'fasto'), `[UNKNOWN_FORMAT] there is no format "fasto"; there are: ${formats}`],
  [map('--split', 'genes=fasta'), '--split genes=fasta: no --input is named genes'],
  [mapOf('reads'), `CWD/reads: its name does not tell its format; say it with --split (${formats})`],
  [map('--merge', 'zip'), `[UNKNOWN_MERGE] there is no merge "zip"; there are: ${mergeNames}`],
  [
    map('--input', 'reads.fa'),
    'two --input are named input: give each a name, --input NAME=FILE; with the same name they are the files of one input',
  ],
  [
    map('--input', 'output=reads.fa'),
    '--input output=…: {output} is the result of a task; choose another name',
  ],
  [map('--output', ''), "--output '': expected the name of a file"],
  [map('--output', '-'), "--output '-': expected the name of a file"],
  [map('--output', 'directory'), '--output directory: that is a directory; expected the name of a file'],
  [map('--output', 'new/'), '--output new/: that is a directory; expected the name of a file'],
  [map('--output', 'no/o'), '--output no/o: there is no directory CWD/no; make it first'],
  [
    map('--output', '/dev/null'),
    '--output /dev/null: that is not a regular file; expected the name of a file',
  ],
  [map('--output', 'dangling'), '--output dangling: that is a link which leads nowhere; remove it'],
  [map('--output', 'reads.fa'), '--output reads.fa: that is the file of --input input; choose another place'],
  [map('--output', 'link.fa'), '--output link.fa: that is the file of --input input; choose another place'],
  [
    mapOf('link.fa', '--output', 'reads.fa'),
    '--output reads.fa: that is the file of --input input; choose another place',
  ],
  [
    map('--output', 'o.pdf'),
    '[NO_MERGE] o.pdf: there is no merge for .pdf that is right for all files: a file holds one document; choose the merge collection to keep the results of all parts, or one that you have. The merge concat joins them byte by byte nevertheless',
  ],
  [map('--work-dir', 'no'), '--work-dir no: there is no directory CWD/no; make it first'],
  [map('--resume', '--restart'), "option '--restart' cannot be used with option '--resume'"],
  [
    map('--mesos', 'http://[bad'),
    '--mesos: [INVALID_MASTER_URL] "http://[bad" is not the address of a master: expected host:5050 or http://host:5050',
  ],
  [
    map('--mesos', 'ftp://a'),
    '--mesos: [INVALID_MASTER_URL] "ftp://a" is not the address of a master: expected http or https',
  ],
  [
    map('--mesos', 'cluster:x'),
    '--mesos cluster:x: [UNKNOWN_CLUSTER] there is no cluster x in CWD/clusters; there is none',
  ],
  [
    ['cluster', 'up', 'x', '--on', 'slum'],
    "[INVALID_DEFINITION] --on: expected one of slurm, sge, pbs, torque, lsf, htcondor, shell; it is 'slum'; did you mean slurm?",
  ],
  [
    ['cluster', 'up', 'x', '--on', 'slurm', '--cpus', '8', '--walltime', '8', '--mem', '1X'],
    "[INVALID_DEFINITION] --mem: expected a size such as 500M or 32G; it is '1X'\n--walltime: expected a time such as 90s, 10m, 8h, 1h30m, 2d or 1-12:00:00, of at least 10 s; it is '8'",
  ],
  [
    ['cluster', 'up', 'x'],
    'there is no cluster x yet; say what it is to be: --on slurm --agents 10 --cpus 8 --mem 32G --walltime 8h, or --file cluster.yaml',
  ],
  [
    ['cluster', 'up', 'x', '--file', 'cluster.yaml'],
    '[INVALID_DEFINITION] cluster.yaml:2:15: pools.p.cpu: there is no such setting; did you mean cpus?',
  ],
  [['cluster', 'status', 'x'], '[UNKNOWN_CLUSTER] there is no cluster x in CWD/clusters; there is none'],
  [
    ['cluster', 'down', 'a/b'],
    '[INVALID_DEFINITION] a cluster cannot be called "a/b": expected a name of at most 24 letters, digits, _ and -, a letter first',
  ],
  [
    ['cluster', 'scale', 'x', '--agents', 'x'],
    "option '--agents <number>' argument 'x' is invalid. Expected a whole number of at least 0.",
  ],
  [['cluster', 'run', 'x'], "missing required argument 'command'"],
  [['map', '--output', 'o', '--', count], 'expected 1 --input to cut, found 0; name them with --input'],
  [['map', '--input', 'reads.fa', '--', count], "required option '--output <file>' not specified"],
  [['map', '--input', 'reads.fa', '--output', 'o'], `missing required argument 'command'\n${lastGoes}`],
  [['map', '--input', 'reads.fa', '--output', 'o', '--'], `missing required argument 'command'\n${lastGoes}`],
  [
    ['map', '--input', 'reads.fa', '--output', 'o', 'grep', '-c', 'A', '{input}'],
    `unknown option '-c'\n${lastGoes}`,
  ],
  [
    ['map', '--input', 'reads.fa', '--output', 'o', '--', 'ls'],
    'the command does not mention {input}, the part of CWD/reads.fa that a task works on',
  ],
  [
    ['map', '--input', 'reads.fa', '--output', 'o', '--', 'sort {input} > {ouput}'],
    'the command mentions {ouput}: did you mean {output}? If not, write { ouput }, with blanks',
  ],
  [
    mapOf('bad.fa'),
    '[MALFORMED] CWD/bad.fa, line 4: found a NUL byte, so this is not a text file; expected FASTA. Was it compressed or damaged?',
  ],
  [
    mapOf('text.fa'),
    '[MALFORMED] CWD/text.fa, line 1: found "name\\x09value"; expected a FASTA record, which begins with ">" at the start of a line',
  ],
  [
    mapOf('packed.fa'),
    '[MALFORMED] CWD/packed.fa, byte 10: the file ends within compressed data: it is incomplete; get it again from where it came from',
  ],
  [['run', 'no.xml', '--output-dir', 'd'], 'the tool: there is no file no.xml'],
  [['run', 'no.xml'], "required option '--output-dir <directory>' not specified"],
  [['jobs', 'sl'], "unknown command 'sl'\n(Did you mean ls?)"],
  [['jobs', 'show'], "missing required argument 'job'"],
  [
    ['jobs', 'ls', '--state', 'asleep'],
    "option '--state <state>' argument 'asleep' is invalid. Expected one of: new, queued, running, paused, ok, error, deleted.",
  ],
  [
    ['agents', '--daemon', 'here:8913'],
    '--daemon here:8913: expected the address of a daemon, such as http://127.0.0.1:8913',
  ],
  [['queue', '--token-file', 'no'], '--token-file: there is no file no'],
  [['submit', '--local', '--wait', 'no.json'], "option '--local' cannot be used with option '--wait'"],
  [
    ['doctor', '--mesos', 'ftp://a'],
    '--mesos: [INVALID_MASTER_URL] "ftp://a" is not the address of a master: expected http or https',
  ],
];

describe('a wrong use ends with status 2, says what is wrong, and leaves nothing behind', () => {
  it.each(wrong)('%j', async (words, message) => {
    const before = readdirSync(cwd);
    const environment = {
      GALAXY_MESOS_CLUSTERS: path.join(cwd, 'clusters'),
      GALAXY_MESOS_SITE: path.join(cwd, 'site.yaml'),
    };
    const { code, stdout, stderr } = await galaxyMesos(words, { cwd, environment });
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 2, stdout: '', stderr: `galaxy-mesos: ${message.replaceAll('CWD', cwd)}\n` },
    });
    expect(readdirSync(cwd)).toEqual(before);
  });

  it('names GALAXY_MESOS_SITE where its file is not there', async () => {
    const site = path.join(cwd, 'none');
    const words = ['cluster', 'up', 'x', '--on', 'shell', '--agents', '1'];
    const environment = { GALAXY_MESOS_CLUSTERS: path.join(cwd, 'clusters'), GALAXY_MESOS_SITE: site };
    const { code, stdout, stderr } = await galaxyMesos(words, { cwd, environment });
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: `galaxy-mesos: GALAXY_MESOS_SITE: there is no file ${site}; name a file that you can read, an empty one for no settings, or unset the variable\n`,
    });
  });

  it('shows its help, where nothing is asked', async () => {
    const { code, stdout, stderr } = await galaxyMesos([], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: galaxy-mesos /);
  });

  it('names MESOS_URL where that is what is wrong', async () => {
    const { code, stderr } = await galaxyMesos(map(), { cwd, environment: { MESOS_URL: 'what ever' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^galaxy-mesos: MESOS_URL: \[INVALID_MASTER_URL\] "what ever" /);
  });
});

describe('help', () => {
  it.each([
    ...[[[]], [['map']], [['run']], [['doctor']], [['submit']], [['jobs']], [['agents']], [['queue']]],
    ...[[['daemon']], [['cluster']]],
  ])('of %j has an example', async (words) => {
    const { code, stdout } = await galaxyMesos([...words, '--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExample:\n {2}galaxy-mesos /);
    expect(await galaxyMesos(['help', ...words], { cwd })).toMatchObject({ code: 0, stdout });
  });

  it('tells the version', async () => {
    const { code, stdout } = await galaxyMesos(['--version'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('what goes wrong with the work ends with status 1', () => {
  it('tells of a failed task: which, its exit code, its last words, its sandbox, how to go on', async () => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'reads.fa'), fasta(3));
    const command = 'if grep -q r1 {input}; then seq 50 >&2; printf "\\033[2Jlast\\n" >&2; exit 7; fi';
    const words = ['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', '--', command];
    const { code, stdout, stderr } = await galaxyMesos(words, { cwd: directory });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const numbers = Array.from({ length: 9 }, (_, index) => `    ${42 + index}\n`).join('');
    expect(stderr).toContain(
      `galaxy-mesos: part 2 failed: exit code 7\n  its stderr ends with:\n${numbers}    ?[2Jlast\n` +
        `  sandbox: ${directory}/.o.galaxy-mesos/attempts/job-`,
    );
    expect(stderr).toContain(
      'To go on:\n  galaxy-mesos map --input reads.fa --size 1 --output o --resume -- ',
    );
  });

  it.each([
    ['a signal', 'kill -SEGV $$', /failed: exit code 139 \(SIGSEGV\)\n/],
    [
      'too much memory',
      `x=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 600; true`,
      /used \d+ MiB .* 64 MiB are allowed.*\n.*\n.*\n {2}give each task more memory with --mem/,
    ],
    [
      'a missing output',
      ': {output}',
      /exit code 66\n.*\n {4}galaxy-mesos: the command ended well, but did not write its output output\n/,
    ],
    ['several tries', 'exit 4', /failed: exit code 4, after 2 attempts\n {2}it wrote nothing on stderr\n/],
  ])('tells of %s', async (_what, command, expected) => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'reads.fa'), fasta(1));
    const retries = command === 'exit 4' ? ['--retries', '1'] : [];
    const words = ['map', '--input', 'reads.fa', '--output', 'o', '--mem', '64', ...retries];
    const { code, stderr } = await galaxyMesos([...words, '--', `: {input}; ${command}`], { cwd: directory });
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
  });

  // How many parts are planned by then is left to the clock.
  it('tells of a request that nothing can ever meet', async () => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'reads.fa'), fasta(5));
    const words = ['map', '--input', 'reads.fa', '--output', 'o', '--mem', '900000000', '--', count];
    const { code, stderr } = await galaxyMesos(words, { cwd: directory });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^galaxy-mesos: part 1 failed: no known agent could ever run it: it asks for 900000000 MiB of memory; the largest of 1 agent has [\d.]+(\n… and \d more tasks? failed)?\n0 of \d /,
    );
  });

  it('tells of a master that does not answer, and leaves nothing behind', async () => {
    const before = readdirSync(cwd);
    const master = `127.0.0.1:${await freePort()}`;
    const { code, stderr } = await galaxyMesos(map('--mesos', master), { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('[MASTER_UNREACHABLE]');
    expect(stderr).toContain(master);
    expect(readdirSync(cwd)).toEqual(before);
  });
});

/** As somebody for whom permissions count; they do not for root. */
const asNobody = (
  words: readonly string[],
  directory: string,
): Promise<{ code: number | null; stderr: string }> =>
  new Run(
    ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, program, ...words],
    { cwd: directory, environment: { HOME: undefined } },
  ).ended();

describe.skipIf(process.getuid?.() !== 0)('without permission', () => {
  it('says what may not be read or written', async () => {
    const directory = directoryForTest();
    chmodSync(directory, 0o755);
    mkdirSync(path.join(directory, 'open'));
    chmodSync(path.join(directory, 'open'), 0o777);
    writeFileSync(path.join(directory, 'reads.fa'), fasta(2));
    writeFileSync(path.join(directory, 'secret.fa'), fasta(2), { mode: 0o600 });
    const words = (...options: string[]) => ['map', '--output', 'open/o', ...options, '--', count];
    const message = async (...options: string[]) => (await asNobody(words(...options), directory)).stderr;
    expect(await message('--input', 'secret.fa')).toBe(
      'galaxy-mesos: --input secret.fa: no permission to read secret.fa\n',
    );
    expect(await message('--input', 'reads.fa', '--output', 'o')).toBe(
      `galaxy-mesos: --output o: no permission to write into ${directory}\n`,
    );
    expect(await message('--input', 'reads.fa', '--work-dir', '.')).toBe(
      `galaxy-mesos: --work-dir .: no permission to write into ${directory}\n`,
    );
    expect(await message('--input', 'reads.fa')).toBe('');
  });
});
