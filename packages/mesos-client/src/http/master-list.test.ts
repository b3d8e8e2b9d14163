import { describe, expect, it } from 'vitest';
import { parseMasterList } from './master-list.ts';

const origins = (text: string): readonly string[] => parseMasterList(text).map((url) => url.origin);

describe('parseMasterList', () => {
  it.each([
    ['localhost:5050', ['http://localhost:5050']],
    ['localhost', ['http://localhost:5050']],
    ['http://localhost:5050/', ['http://localhost:5050']],
    ['http://localhost:80', ['http://localhost']],
    ['[::1]:5050', ['http://[::1]:5050']],
    ['https://a:5050,b:5051', ['https://a:5050', 'https://b:5051']],
    ['a, http://b:1', ['http://a:5050', 'http://b:1']],
  ])('reads %s', (text, expected) => {
    expect(origins(text)).toStrictEqual(expected);
  });

  it.each([[''], ['a,,b'], ['ftp://a'], ['a:port'], ['http://a/path'], ['http://a?x=1']])(
    'refuses %j',
    (text) => {
      expect(() => parseMasterList(text)).toThrow(expect.objectContaining({ code: 'INVALID_MASTER_URL' }));
    },
  );

  it('refuses a secret in an address, and does not repeat it', () => {
    expect(() => parseMasterList('http://me:s3cret@a:5050')).toThrow(/credential of a:5050/);
    expect(() => parseMasterList('http://me:s3cret@a:5050')).not.toThrow(/s3cret/);
  });

  it('refuses zk:// by a code of its own', () => {
    expect(() => parseMasterList('zk://a:2181/mesos')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_MASTER_URL' }),
    );
  });
});
