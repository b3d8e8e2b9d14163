import { describe, expect, it } from 'vitest';
import { createCodec } from '../codec/codec.ts';
import type { MasterInfo } from '../gen/mesos.ts';
import { decodeMasterInfo, masterUrl } from './master-info.ts';

/** 127.0.0.1 as Mesos packs it, seen in the recordings. */
const packedLoopback = 16_777_343;
const info: MasterInfo = { id: 'm', ip: packedLoopback, port: 5051 };
const malformed = expect.objectContaining({ code: 'MALFORMED_MESSAGE' });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('masterUrl', () => {
  const full = { ...info, hostname: 'old', address: { ip: '10.0.0.1', hostname: 'name', port: 5052 } };

  it('prefers the IP address over http, and the name over https', () => {
    expect(masterUrl(full, 'http').href).toBe('http://10.0.0.1:5052/');
    expect(masterUrl(full, 'https').href).toBe('https://name:5052/');
  });

  it('takes the fields that came before `address`', () => {
    expect(masterUrl(info, 'http').href).toBe('http://127.0.0.1:5051/');
    expect(masterUrl({ ...info, hostname: 'old' }, 'https').href).toBe('https://old:5051/');
    expect(masterUrl({ ...info, ip: 0, hostname: 'old' }, 'http').href).toBe('http://old:5051/');
    expect(masterUrl({ ...info, port: 0 }, 'http').href).toBe('http://127.0.0.1:5050/');
  });

  it('takes IPv6', () => {
    expect(masterUrl({ ...full, address: { ip: '::1', port: 1 } }, 'http').href).toBe('http://[::1]:1/');
  });

  it.each<Partial<MasterInfo>>([
    { ip: 0 },
    { ip: 0, hostname: 'a/b' },
    { ip: 0, hostname: 'user@host' },
    { port: 65_536 },
    { address: { ip: '1.2.3', port: -1 } },
  ])('refuses %j', (fields) => {
    expect(() => masterUrl({ ...info, ...fields }, 'http')).toThrow(malformed);
  });
});

describe('decodeMasterInfo', () => {
  it('reads JSON and, of older masters, protobuf', () => {
    const encoded = createCodec('protobuf', 'mesos.v1.MasterInfo').encode(info);
    expect(decodeMasterInfo('info', encoded)).toStrictEqual(info);
    expect(decodeMasterInfo('json.info', bytes(JSON.stringify(info)))).toStrictEqual(info);
  });

  it.each([
    ['json.info', bytes('{')],
    ['json.info', bytes('')],
    ['info', bytes('{"id":"m"}')],
    ['other', bytes('{}')],
    [undefined, bytes('master@127.0.0.1:5050')],
  ])('refuses what is not one: %s', (label, data) => {
    expect(() => decodeMasterInfo(label, data)).toThrow(malformed);
  });
});
