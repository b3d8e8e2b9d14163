import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { isClosed, refusedBy } from './open-network.ts';
import { download } from './transfer.ts';

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '::ffff:169.254.169.254',
  'fe80::1',
  'fd00:ec2::254',
  '64:ff9b::a9fe:a9fe',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
])('%s is no address of a Galaxy', (address) => {
  expect(isClosed(address)).toBe(true);
});

test.each(['127.0.0.1', '::1', '10.0.0.1', '192.168.1.1', '169.253.1.1', '2001:db8::1', 'galaxy.example'])(
  '%s may be one',
  (address) => {
    expect(isClosed(address)).toBe(false);
  },
);

test.each(['http://[::ffff:169.254.169.254]/latest', 'http://[64:ff9b::a9fe:a9fe]/latest'])(
  'an answer that leads to %s is not followed',
  async (location) => {
    const server = createServer((_request, response) => response.writeHead(302, { location }).end());
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    const fetched = download(`http://127.0.0.1:${port}/`, '/nowhere/x', {
      temporaryDirectory: '/nowhere',
      signal,
    });
    await expect(fetched).rejects.toMatchObject({ code: 'OUTSIDE' });
  },
);

test('what was refused is found in what a request says that failed', () => {
  const refused = new FrontDoorError('OUTSIDE', 'no');
  expect(refusedBy(new TypeError('fetch failed', { cause: refused }))).toBe(refused);
  expect(refusedBy(new TypeError('fetch failed', { cause: new Error('broken') }))).toBeUndefined();
});
