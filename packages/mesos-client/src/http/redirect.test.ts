import { describe, expect, it } from 'vitest';
import { resolveRedirect } from './redirect.ts';

const from = new URL('http://standby:5050/api/v1/scheduler');
const secure = new URL('https://standby:5050/api/v1/scheduler');
const unexpected = expect.objectContaining({ code: 'UNEXPECTED_ANSWER', status: 307 });

describe('a redirect', () => {
  it.each([
    ['//leader:5050', 'http://leader:5050/api/v1/scheduler'],
    ['leader:5050', 'http://leader:5050/api/v1/scheduler'],
    ['//[::1]:5050/master/api/v1/scheduler', 'http://[::1]:5050/master/api/v1/scheduler'],
    ['https://leader:5050', 'https://leader:5050/api/v1/scheduler'],
  ])('to %s is followed', (location, target) => {
    expect(resolveRedirect(location, from).href).toBe(target);
  });

  it('without a scheme keeps https', () => {
    expect(resolveRedirect('//leader:5050', secure).origin).toBe('https://leader:5050');
  });

  it.each([undefined, '', '/elsewhere', 'ftp://leader:5050', 'file:///etc/passwd', '//leader:99999'])(
    'to %j is not',
    (location) => {
      expect(() => resolveRedirect(location, from)).toThrow(unexpected);
    },
  );

  it('from https to http is not followed: the credential would be readable on its way', () => {
    expect(() => resolveRedirect('http://leader:5050', secure)).toThrow(unexpected);
    const rewrite = () => new URL('http://outside:5050');
    expect(() => resolveRedirect('//leader:5050', secure, rewrite)).toThrow(unexpected);
    const mend = (address: URL) => new URL(address.href.replace('http:', 'https:'));
    expect(resolveRedirect('http://leader:5050', secure, mend).origin).toBe('https://leader:5050');
  });

  it('says so where `rewriteAddress` throws, with its error as the cause', () => {
    const cause = new Error('no such address');
    const rewrite = () => {
      throw cause;
    };
    expect(() => resolveRedirect('//leader:5050', from, rewrite)).toThrow(
      expect.objectContaining({ code: 'UNEXPECTED_ANSWER', setting: 'rewriteAddress', cause }),
    );
  });
});
