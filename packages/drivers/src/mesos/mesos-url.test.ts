import type { mesos } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { mesosUrlForTasks } from './mesos-url.ts';

const master = (address: Partial<mesos.Address>, hostname?: string): mesos.MasterInfo => ({
  id: 'master',
  ip: 0,
  port: 1,
  address: { port: 5050, ...address },
  ...(hostname !== undefined && { hostname }),
});

const leader = master({ hostname: 'head.example', ip: '10.0.0.1' });

describe('mesosUrlForTasks', () => {
  it.each([
    'head:5050',
    'http://head:5050',
    'https://a:5050,b:5050',
    '10.0.0.7',
    'notlocalhost:5050',
    '[fd00::1]:5050',
    'zk://a:2181,b:2181/mesos',
  ])('is %s as it was given, as it works from other machines too', (setting) => {
    expect(mesosUrlForTasks(setting, leader)).toBe(setting);
  });

  it.each([
    ['localhost:5050', 'head.example:5050'],
    ['127.0.0.1', 'head.example:5050'],
    ['127.1.2.3:5050', 'head.example:5050'],
    ['[::1]:5050', 'head.example:5050'],
    ['HTTP://LocalHost:5050/', 'http://head.example:5050'],
    ['https://localhost:5050', 'https://head.example:5050'],
    ['http://a:5050, 127.0.0.1:5051', 'http://head.example:5050'],
    ['zk://localhost:2181/mesos', 'head.example:5050'],
    ['zk://user:s3cret@a:2181/mesos', 'head.example:5050'],
    ['file:///etc/mesos/zk', 'head.example:5050'],
  ])('makes of %s the address of the leading master', (setting, expected) => {
    expect(mesosUrlForTasks(setting, leader)).toBe(expected);
  });

  it('prefers an address that others can reach, whatever the master calls itself', () => {
    expect(mesosUrlForTasks('localhost', master({ hostname: 'localhost', ip: '10.0.0.1' }))).toBe(
      '10.0.0.1:5050',
    );
    expect(mesosUrlForTasks('localhost', master({ hostname: '', ip: 'fd00::1', port: 80 }))).toBe(
      '[fd00::1]:80',
    );
    expect(mesosUrlForTasks('localhost', master({ ip: '127.0.0.1' }, 'head'))).toBe('head:5050');
  });

  it('takes an address of this machine if the master has no other', () => {
    expect(mesosUrlForTasks('127.0.0.1:9', master({ hostname: 'localhost', ip: '127.0.0.1' }))).toBe(
      'localhost:5050',
    );
  });

  it('is the setting where the master tells no address', () => {
    expect(mesosUrlForTasks('127.0.0.1:9', undefined)).toBe('127.0.0.1:9');
    expect(mesosUrlForTasks('127.0.0.1:9', { id: 'master', ip: 0, port: 1 })).toBe('127.0.0.1:9');
  });

  it('is unset rather than a secret where the master tells no address', () => {
    expect(mesosUrlForTasks('zk://user:s3cret@a:2181/mesos', undefined)).toBeUndefined();
  });
});
