import { describe, expect, it } from 'vitest';
import { describeProblem } from './problem.ts';
import { readConfiguration } from './read-configuration.ts';

const problemsOf = (text: string): string[] => readConfiguration(text, 'x.yml').problems.map(describeProblem);

describe('readConfiguration', () => {
  it('takes an empty file for all defaults', () => {
    const { configuration, problems } = readConfiguration('# nothing\n', 'x.yml');
    expect(problems).toEqual([]);
    expect(configuration).toMatchObject({ listen: '127.0.0.1:8913', staging: 'shared', tokens: {} });
  });

  it('names the setting that was most likely meant for one that there is not', () => {
    expect(problemsOf('listen: 127.0.0.1:1\nstagin: http\n')).toEqual([
      'x.yml:2:1: stagin: there is no such setting; did you mean staging?',
    ]);
    expect(problemsOf('scheduling:\n  users:\n    anna:\n      qota: {cpus: 1}\n')).toEqual([
      'x.yml:4:7: scheduling.users.anna.qota: there is no such setting; did you mean quota?',
    ]);
  });

  it('lists what there is where nothing is near', () => {
    expect(problemsOf('tls:\n  certificate: a\n  key: b\n  zzzzzzzz: c\n')).toEqual([
      'x.yml:4:3: tls.zzzzzzzz: there is no such setting; there are certificate, key',
    ]);
  });

  it.each([
    ['listen: 80\n', 'x.yml:1:9: listen: expected text; it is 80'],
    [
      'listen: here\n',
      "x.yml:1:9: listen: expected HOST:PORT, such as 127.0.0.1:8913 or [::1]:8913; it is 'here'",
    ],
    ['staging: htp\n', "x.yml:1:10: staging: expected one of shared, http; it is 'htp'; did you mean http?"],
    ['standby: maybe\n', "x.yml:1:10: standby: expected true or false; it is 'maybe'"],
    ['local:\n  cpus: 0\n', 'x.yml:2:9: local.cpus: expected a number above 0; it is 0'],
    ['local:\n', 'x.yml:1:1: local: expected a mapping; it is empty'],
    ['tls: {key: k}\n', 'x.yml:1:6: tls.certificate: expected text; it is missing'],
    ['pulsar: {managers: x}\n', "x.yml:1:20: pulsar.managers: expected a list; it is 'x'"],
    [
      'tokens:\n  "a b": {value: 12345678}\n',
      "x.yml:2:3: tokens.a b: expected a name of at most 64 letters, digits, _ and -; it is 'a b'",
    ],
    ['tokens:\n  a: {}\n', 'x.yml:2:6: tokens.a: expected either value or file; it is a mapping'],
    [
      'agent_url: ftp://x\n',
      "x.yml:1:12: agent_url: expected a URL such as http://daemon.example:8913; it is 'ftp://x'",
    ],
    ['store: mysql://x\n', "x.yml:1:8: store: expected postgres://USER@HOST/DATABASE; it is 'mysql://x'"],
  ])('tells of %j where it is and what was expected', (text, problem) => {
    expect(problemsOf(text)[0]).toBe(problem);
  });

  it('does not show a token that is too short', () => {
    expect(problemsOf('tokens:\n  a: {value: secret}\n')).toEqual([
      'x.yml:2:14: tokens.a.value: expected text of at least 8 characters; it is other text',
    ]);
  });

  it('tells of everything that is wrong at once, in the order of the file', () => {
    const text = 'local: {mem: x}\nlogLevel: info\nmesos: {gpus: 1}\n';
    expect(problemsOf(text).map((problem) => problem.split(': ', 2).join(' '))).toEqual([
      'x.yml:1:14 local.mem',
      'x.yml:2:1 logLevel',
      'x.yml:3:15 mesos.gpus',
    ]);
  });

  it('says what to do about a pattern that YAML does not take for text', () => {
    expect(problemsOf('resources:\n  tools:\n    - tool: *bwa\n')).toEqual([
      'x.yml:3:13: *bwa stands for nothing here; text that begins with * needs quotes',
    ]);
  });

  it('tells where the file is no YAML', () => {
    expect(problemsOf('listen: [1\nstate: x\n')[0]).toMatch(/^x\.yml:2:\d+: /);
    expect(problemsOf('state: a\nstate: b\n')[0]).toMatch(/^x\.yml:2:1: /);
    expect(problemsOf('- a\n- b\n')).toEqual(['x.yml:1:1: expected a mapping; it is a list']);
  });
});
