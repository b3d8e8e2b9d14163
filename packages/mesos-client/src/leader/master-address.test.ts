import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { describeMasterAddress, parseMasterAddress, resolveMasterAddress } from './master-address.ts';

const invalid = expect.objectContaining({ code: 'INVALID_MASTER_URL', setting: 'master' });

const origins = (text: string, scheme?: 'http' | 'https'): readonly string[] => {
  const address = parseMasterAddress(text, scheme);
  return address.kind === 'list' ? address.masters.map((url) => url.origin) : [];
};

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('an address that lists masters', () => {
  it.each([
    ['localhost:5050', ['http://localhost:5050']],
    [' localhost ', ['http://localhost:5050']],
    ['http://localhost:5050/', ['http://localhost:5050']],
    ['http://localhost:80', ['http://localhost']],
    ['[::1]:5050', ['http://[::1]:5050']],
    ['https://a:5050,b:5051', ['https://a:5050', 'https://b:5051']],
    ['a, http://b:1', ['http://a:5050', 'http://b:1']],
  ])('is read from %j', (text, expected) => {
    expect(origins(text)).toStrictEqual(expected);
  });

  it('takes the scheme it is given where it has none', () => {
    expect(origins('a,http://b', 'https')).toStrictEqual(['https://a:5050', 'http://b:5050']);
    expect(origins('http://a,b', 'https')).toStrictEqual(['http://a:5050', 'http://b:5050']);
  });

  it.each([
    [''],
    ['a,,b'],
    ['ftp://a'],
    ['a:port'],
    ['a:0'],
    ['a:65536'],
    ['http://a/path'],
    ['http://a?x=1'],
    ['a,zk://b/mesos'],
  ])('is not read from %j', (text) => {
    expect(() => parseMasterAddress(text)).toThrow(invalid);
  });

  it('holds no credential, wherever the password is cut', () => {
    const text = 'http://me:s3cret,s3cret@a:5050';
    expect(() => parseMasterAddress(text)).toThrow(invalid);
    expect(messageOf(() => parseMasterAddress(text))).toMatch(/credential of http:\/\/\*{3}@a:5050/);
  });
});

describe('an address of ZooKeeper', () => {
  const plain = { kind: 'zookeeper', servers: [{ host: 'a', port: 2181 }], path: '/mesos' };

  it.each([
    ['zk://a:2181/mesos', plain],
    ['ZK://a/mesos/', plain],
    ['zk://a:2181/x/y', { ...plain, path: '/x/y' }],
    [
      'zk://a:1,b_c.d,[::1]:3/mesos',
      {
        ...plain,
        servers: [
          { host: 'a', port: 1 },
          { host: 'b_c.d', port: 2181 },
          { host: '::1', port: 3 },
        ],
      },
    ],
    ['zk://u:p@a/mesos', { ...plain, credential: 'u:p' }],
    ['zk://u:p@ss:w%25%2F@a/mesos', { ...plain, credential: 'u:p@ss:w%/' }],
  ])('is read from %j', (text, expected) => {
    expect(parseMasterAddress(text)).toStrictEqual(expected);
  });

  it.each([
    ['zk://a:2181', /path is missing/],
    ['zk://a:2181/', /path is missing/],
    ['zk:///mesos', /server/],
    ['zk://a,/mesos', /server/],
    ['zk://a:0/mesos', /server/],
    ['zk://a:65536/mesos', /server/],
    ['zk://[a]:1/mesos', /server/],
    ['zk://a//mesos', /path is none/],
    ['zk://a/x/../mesos', /path is none/],
    ['zk://a/me\u0000sos', /path is none/],
    ['zk://user@a/mesos', /not user:password/],
    ['zk://user:@a/mesos', /not user:password/],
    ['zk://user:100%@a/mesos', /%25/],
    ['zk://user:s3/cret@a/mesos', /%2F/],
  ])('is not read from %j', (text, expected) => {
    expect(() => parseMasterAddress(text)).toThrow(invalid);
    expect(() => parseMasterAddress(text)).toThrow(expected);
  });

  it('keeps its password out of every message, right or wrong', () => {
    const secret = 's3cr3t';
    const part = fc.string({ unit: fc.constantFrom(...'/:,@%?#[] ', secret), maxLength: 6 });
    const address = fc
      .tuple(part, part, fc.constantFrom('@a', '@a:1/mesos', '@/mesos', '@a//', '@a:x/m'))
      .map(([user, password, rest]) => `zk://${user}:${secret}${password}${rest}`);
    fc.assert(
      fc.property(address, (text) => {
        let said = '';
        try {
          said = describeMasterAddress(parseMasterAddress(text)).replace(/^zk:\/\/[^:]*:/, '');
        } catch (error) {
          said = `${String(error)} ${String((error as Error).cause)}`;
        }
        expect(said).not.toContain(secret);
      }),
    );
  });
});

describe('a file that holds an address', () => {
  const folder = mkdtempSync(join(tmpdir(), 'master-address-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileWith(content: string): string {
    const path = join(folder, 'zk');
    writeFileSync(path, content);
    return pathToFileURL(path).href;
  }

  it('stands for the address', () => {
    const resolve = (content: string) => resolveMasterAddress(parseMasterAddress(fileWith(content)), 'https');
    expect(resolve('zk://a/mesos\n')).toStrictEqual(parseMasterAddress('zk://a/mesos'));
    expect(resolve('a\n')).toStrictEqual(parseMasterAddress('https://a'));
  });

  it.each(['', 'file:///etc/mesos/zk', 'zk://a'])('is refused where it holds %j', (content) => {
    expect(() => resolveMasterAddress(parseMasterAddress(fileWith(content)))).toThrow(invalid);
  });

  it('is refused where it cannot be read, or is on another machine', () => {
    expect(() => resolveMasterAddress(parseMasterAddress('file:///no/such/file'))).toThrow(invalid);
    expect(() => parseMasterAddress('file://host/path')).toThrow(invalid);
  });
});

describe('describeMasterAddress', () => {
  it.each([
    ['a,https://b:443', 'http://a:5050,https://b'],
    ['zk://me:s3cret@a:1,[::1]/mesos', 'zk://me:***@a:1,[::1]:2181/mesos'],
    ['zk://a/mesos', 'zk://a:2181/mesos'],
    ['file:///etc/mesos/zk', 'file:///etc/mesos/zk'],
  ])('makes of %j %j', (text, expected) => {
    expect(describeMasterAddress(parseMasterAddress(text))).toBe(expected);
  });
});
