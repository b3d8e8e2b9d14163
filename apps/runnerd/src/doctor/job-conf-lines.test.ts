import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jobConfLines } from './job-conf-lines.ts';

const destination = (token?: string): unknown => {
  const lines = jobConfLines({ url: 'http://127.0.0.1:8913', ...(token !== undefined && { token }) });
  const read = parse(lines.join('\n')) as { execution: { environments: { mesos: unknown } } };
  return read.execution.environments.mesos;
};

describe('jobConfLines', () => {
  it('are YAML that Galaxy can read', () => {
    expect(destination()).toEqual({
      runner: 'mesos',
      url: 'http://127.0.0.1:8913/',
      dependency_resolution: 'none',
      submit_user: '$__user_name__',
    });
  });

  it.each([
    'abcdefgh',
    '12345678',
    "it's: #1 {x}",
    '*star&more',
    'true',
    '0x12345678',
    'ends:',
    '1e10000000',
  ])('keeps the token %s as it is', (token) => {
    expect(destination(token)).toMatchObject({ private_token: token });
  });
});
