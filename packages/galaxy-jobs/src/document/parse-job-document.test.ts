import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { JobDescriptionError } from '../job-description-error.ts';
import { jobDocumentSchema } from './job-document.ts';
import { parseJobDocument } from './parse-job-document.ts';

const document = (changes: Record<string, unknown> = {}) => ({
  command: "grep -c '>' {genes} > {count}",
  inputs: { genes: '/data/genes.fasta' },
  outputs: { count: '/results/count.txt' },
  ...changes,
});

const problemsOf = (given: unknown): readonly string[] => {
  try {
    parseJobDocument(given);
  } catch (error) {
    if (error instanceof JobDescriptionError) {
      return error.problems.map(({ code, field, text }) => `${code} ${field}: ${text}`);
    }
    throw error;
  }
  return [];
};

describe('parseJobDocument', () => {
  it('takes a command alone, as a text of JSON too', () => {
    expect(parseJobDocument({ command: 'true' })).toMatchObject({ shell: '/bin/sh', retries: 0, inputs: {} });
    expect(parseJobDocument('{"command": "true"}').command).toBe('true');
  });

  it('takes all that there is', () => {
    const whole = document({
      $schema: './job.schema.json',
      id: 'a-1',
      name: 'count',
      toolId: 'grep1',
      shell: '/bin/bash',
      outputs: {
        count: {
          destination: '/results/count.txt',
          file: 'out/n.txt',
          whenMissing: 'empty',
        },
        log: '/results/log',
      },
      standardOutput: 'log',
      environment: { LC_ALL: 'C' },
      resources: { cpus: 2, mem: '8G', disk: '1G', gpus: 0 },
      walltime: '1:00:00',
      queue: 'long',
      priority: -1,
      user: 'ada',
      retries: 2,
      outOfMemory: { factor: 3, maximum: '64G' },
      stdio: {
        exitCodes: [{ from: 1, to: null, level: 'fatal' }],
        failOnStderr: false,
        failOnPhrases: ['x'],
      },
      container: { image: 'busybox', runtime: 'docker', volumes: [{ path: '/ref' }] },
      split: { input: 'genes', parameters: { format: 'fasta', parts: 4 } },
      failedParts: 'skip',
    });
    expect(parseJobDocument(whole)).toMatchObject({
      resources: { cpus: 2, mem: 8192, disk: 1024, gpus: 0 },
      walltime: 3600,
      container: { volumes: [{ path: '/ref', readOnly: true }] },
      split: { strategy: 'records' },
    });
    expect(Object.keys(whole).toSorted()).toEqual(Object.keys(jobDocumentSchema.shape).toSorted());
  });

  it('resolves relative paths against the directory that it is given', () => {
    const relative = document({
      inputs: { genes: '../genes.fasta' },
      outputs: { count: 'n.txt', other: { destination: './o/../p.txt' } },
    });
    const read = parseJobDocument(relative, { directory: '/home/ada/work' });
    expect(read.inputs).toEqual({ genes: '/home/ada/genes.fasta' });
    expect(read.outputs).toMatchObject({
      count: '/home/ada/work/n.txt',
      other: { destination: '/home/ada/work/p.txt' },
    });
    expect(problemsOf(relative)).toEqual([
      'INVALID_VALUE inputs.genes: ../genes.fasta is relative; expected an absolute path',
      'INVALID_VALUE outputs.count: n.txt is relative; expected an absolute path',
      'INVALID_VALUE outputs.other.destination: ./o/../p.txt is relative; expected an absolute path',
    ]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'a missing command',
      { command: undefined },
      ['MISSING command: is missing; expected a text for the shell'],
    ],
    [
      'an empty command',
      { command: '' },
      ['INVALID_VALUE command: "" cannot be used; expected a text for the shell'],
    ],
    ['a NUL byte', { command: 'a\0' }, ['INVALID_VALUE command: has a NUL byte']],
    [
      'a slip',
      { resource: { cpus: 1 } },
      ['UNKNOWN_NAME resource: there is no such field; did you mean resources?'],
    ],
    ['what nobody knows', { xyzzy: 1 }, ['UNKNOWN_NAME xyzzy: there is no such field; take it out']],
    [
      'amounts that nobody can read',
      { resources: { mem: 'lots', cpus: true }, walltime: '1h' },
      [
        'INVALID_VALUE resources.cpus: true cannot be used; expected a number of cores above 0, such as 4 or 0.5',
        'INVALID_VALUE resources.mem: "lots" cannot be used; expected an amount of memory in MiB or with a unit',
        'INVALID_VALUE walltime: "1h" cannot be used; expected a time above 0 in seconds, as HH:MM:SS',
      ],
    ],
    [
      'parts of a job that has none',
      { failedParts: 'skip' },
      ['INVALID_VALUE failedParts: the job is not split, so that it has no parts; give split, too'],
    ],
    [
      'a command that reduces nothing',
      { outputs: { count: { destination: '/c', merge: { reduce: 'cat > {output}' } } } },
      [
        'INVALID_VALUE outputs.count.merge.reduce: "cat > {output}" cannot be used; expected a command that mentions {parts}',
      ],
    ],
    [
      'a merge that is none',
      { outputs: { count: { destination: '/c', merge: 5 } } },
      [
        'INVALID_VALUE outputs.count.merge: 5 cannot be used; expected the name of a merge, an object with merge and parameters, one with reduce and arity, or a list of these',
      ],
    ],
    [
      'an output that is no file',
      { outputs: { count: { destination: 5 } } },
      ['INVALID_VALUE outputs.count.destination: 5 cannot be used; expected the path of a file'],
    ],
    [
      'an output without a destination',
      { outputs: { count: { file: 'x', to: '/x' } } },
      [
        'MISSING outputs.count.destination: is missing',
        'UNKNOWN_NAME outputs.count.to: there is no such field',
      ],
    ],
    [
      'an output of another kind',
      { outputs: { count: 5 } },
      ['INVALID_VALUE outputs.count: 5 cannot be used; expected the path of a file, or an object'],
    ],
    [
      'names that cannot be placeholders',
      { inputs: { 'a-b': '/x' }, environment: { '1': 'x' } },
      [
        'INVALID_VALUE inputs.a-b: expected a name of letters',
        'INVALID_VALUE environment.1: expected the name',
      ],
    ],
    [
      'a wrong rule',
      { stdio: { exitCodes: [{ from: 1, to: 2, level: 'bad' }], failOnStderr: false, failOnPhrases: [] } },
      ['INVALID_VALUE stdio.exitCodes[0].level: "bad" cannot be used; expected one of "log"|"qc"'],
    ],
    [
      'rules of no name',
      { stdio: 'lax' },
      ['INVALID_VALUE stdio: "lax" cannot be used; expected one of exit_code'],
    ],
    [
      'a container of a runtime that is none',
      { container: { image: 'x', runtime: 'lxc' } },
      ['INVALID_VALUE container.runtime: "lxc" cannot be used; expected one of mesos'],
    ],
    [
      'an image that is an option, and a volume that is two',
      { container: { image: '--privileged', volumes: [{ path: '/a,target=/b' }] } },
      [
        'INVALID_VALUE container.image: "--privileged" cannot be used; expected an image',
        'INVALID_VALUE container.volumes[0].path: "/a,target=/b" cannot be used; expected an absolute path',
      ],
    ],
    ['an id that is a path', { id: '../x' }, ['INVALID_VALUE id: "../x" cannot be used; expected letters']],
  ])('names the field for %s', (_, changes, expected) => {
    const problems = problemsOf(document(changes));
    expect(problems).toHaveLength(expected.length);
    for (const [index, start] of expected.entries()) expect(problems[index]).toContain(start);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'of no input',
      { split: { input: 'gene', parameters: {} } },
      'split.input: no input is named gene; did you mean genes?',
    ],
    [
      'that the command does not mention',
      { command: 'wc {{genes}}', split: { input: 'genes', parameters: {} } },
      'command: does not mention {genes}, the part of /data/genes.fasta',
    ],
    [
      'whose part is an output as well',
      {
        split: { input: 'genes', parameters: {} },
        outputs: { count: { destination: '/x', file: 'genes.fasta' } },
      },
      "outputs.count.file: the task's part of the input is this file",
    ],
    [
      'whose nested step is of no input',
      { split: [{ whole: true }, { strategy: 'sweep', each: { inputs: ['genes', 'gene'] } }] },
      'split[1].each.inputs: no input is named gene; did you mean genes?',
    ],
    [
      'that is none, and cuts',
      { split: { whole: true, input: 'genes' } },
      'split.whole: a job that runs whole has nothing to cut',
    ],
    [
      'of one input and of several',
      { split: { input: 'genes', inputs: ['genes'] } },
      'split.inputs: give either input, with one name, or inputs, with a list',
    ],
    ['without an alternative', { split: [] }, 'split: [] cannot be used'],
    [
      'with a field of no meaning',
      { split: { input: 'genes', wen: 'mesos' } },
      'split.wen: there is no such field',
    ],
  ])('refuses a split %s', (_, changes, expected) => {
    expect(problemsOf(document(changes)).join('\n')).toContain(expected);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an input, too', { outputs: { genes: '/x' } }, 'outputs.genes: an input has this name'],
    ['elsewhere', { outputs: { a: { destination: '/x', file: '../x' } } }, 'outputs.a.file: ../x is not in'],
    ['absolute', { outputs: { a: { destination: '/x', file: '/x' } } }, 'outputs.a.file: /x is not in'],
    [
      'written twice',
      { outputs: { a: { destination: '/x', file: 'f' }, b: { destination: '/y', file: 'f' } } },
      'outputs.b.file: another output is the same file',
    ],
    [
      'moved onto another',
      { outputs: { a: '/x', b: '/x' } },
      'outputs.b: another output goes to the same place',
    ],
    ['not there', { standardOutput: 'cont' }, 'standardOutput: no output is named cont; did you mean count?'],
  ])('refuses an output that is %s', (_, changes, expected) => {
    expect(problemsOf(document(changes)).join('\n')).toContain(expected);
  });

  it('says so if it is no JSON, or no object', () => {
    expect(problemsOf('{"command": ')[0]).toMatch(/^INVALID_VALUE the document: is no JSON: /);
    expect(problemsOf('{"a" \u001b[2J')[0]).not.toContain('\u001b');
    expect(problemsOf(' \n')[0]).toBe('INVALID_VALUE the document: is empty; expected a JSON object: {...}');
    expect(problemsOf(Buffer.from([0xff, 0x7b]).toString())[0]).toBe(
      'INVALID_VALUE the document: is no text in UTF-8; expected a JSON object: {...}',
    );
    expect(problemsOf({ command: 'true', inputs: [], retries: -1, standardOutput: 5 })).toEqual([
      'INVALID_VALUE inputs: [] cannot be used; expected a JSON object: {...}',
      'INVALID_VALUE standardOutput: 5 cannot be used; expected a text',
      'INVALID_VALUE retries: -1 cannot be used; expected a number of at least 0',
    ]);
    expect(problemsOf('[]')[0]).toBe(
      'INVALID_VALUE the document: [] cannot be used; expected a JSON object: {...}',
    );
  });

  test('whatever it is given it answers or refuses in its own words', () => {
    const field = fc.constantFrom(...Object.keys(jobDocumentSchema.shape), 'x', '__proto__');
    const anything = fc.dictionary(field, fc.oneof(fc.jsonValue(), fc.constantFrom('/a', '{a}', 'a')));
    fc.assert(
      fc.property(anything, (given) => {
        for (const problem of problemsOf({ command: 'true', ...given })) expect(problem).not.toBe('');
      }),
    );
  });
});
