import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestForLog, struckUrl } from './struck-url.ts';

describe('a URL in a log', () => {
  it.each([
    ['/jobs', '/jobs'],
    ['/jobs?job_id=1', '/jobs?job_id=1'],
    ['/jobs?private_token=s3cret&job_id=1', '/jobs?private_token=...&job_id=1'],
    ['/jobs?a=b&Private%5Ftoken=s3cret', '/jobs?a=b&Private%5Ftoken=...'],
    ['/jobs?%private_token=s3cret', '/jobs?%private_token=...'],
    ['/jobs/1/submit?command_line=export%20KEY%3Ds3cret', '/jobs/1/submit?command_line=...'],
    ['/jobs?private_token', '/jobs?private_token'],
  ])('%s is %s', (url, struck) => {
    expect(struckUrl(url)).toBe(struck);
  });

  it('never shows a token, wherever it stands in the query', () => {
    const parameter = fc.tuple(fc.constantFrom('job_id', 'type', 'name'), fc.string()).map(encode);
    fc.assert(
      fc.property(fc.array(parameter), fc.array(parameter), (before, after) => {
        const query = [...before, 'private_token=s3cret', ...after].join('&');
        expect(struckUrl(`/jobs?${query}`)).not.toContain('s3cret');
      }),
    );
  });

  it('stands with the method and the address of who asks', () => {
    expect(requestForLog({ method: 'GET', url: '/?private_token=x', ip: '127.0.0.1' })).toEqual({
      ...{ method: 'GET', url: '/?private_token=...', address: '127.0.0.1' },
    });
  });
});

const encode = ([name, value]: [string, string]): string =>
  `${name}=${encodeURIComponent(value.toWellFormed())}`;
