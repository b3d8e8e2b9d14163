import { expect, test } from 'vitest';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { isClosed, refusedBy } from './open-network.ts';

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '::ffff:169.254.169.254',
  'fe80::1',
  'fd00:ec2::254',
  '100.100.100.200',
])('%s is no address of a Galaxy', (address) => {
  expect(isClosed(address)).toBe(true);
});

test.each(['127.0.0.1', '::1', '10.0.0.1', '192.168.1.1', '169.253.1.1', '2001:db8::1', 'galaxy.example'])(
  '%s may be one',
  (address) => {
    expect(isClosed(address)).toBe(false);
  },
);

test('what was refused is found in what a request says that failed', () => {
  const refused = new FrontDoorError('OUTSIDE', 'no');
  expect(refusedBy(new TypeError('fetch failed', { cause: refused }))).toBe(refused);
  expect(refusedBy(new TypeError('fetch failed', { cause: new Error('broken') }))).toBeUndefined();
});
