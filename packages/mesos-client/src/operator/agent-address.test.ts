import { describe, expect, it } from 'vitest';
import { agentAddressOf, parseAgentAddress } from './agent-address.ts';

describe('parseAgentAddress', () => {
  it.each([
    ['node1', 'http://node1:5051/api/v1'],
    ['node1:5052', 'http://node1:5052/api/v1'],
    ['http://node1:80', 'http://node1/api/v1'],
    ['https://node1/', 'https://node1:5051/api/v1'],
    ['http://node1:5051/api/v1', 'http://node1:5051/api/v1'],
    ['http://node1:5050/slave(1)', 'http://node1:5050/slave(1)/api/v1'],
    ['node1:5050/slave(12)/api/v1/', 'http://node1:5050/slave(12)/api/v1'],
    [' [::1]:5051 ', 'http://[::1]:5051/api/v1'],
  ])('reads %s', (text, expected) => {
    expect(parseAgentAddress(text).href).toBe(expected);
  });

  it('takes the scheme it is told where there is none', () => {
    expect(parseAgentAddress('node1', 'https').href).toBe('https://node1:5051/api/v1');
    expect(parseAgentAddress('http://node1', 'https').href).toBe('http://node1:5051/api/v1');
  });

  it.each([[''], ['http://'], ['ftp://node1'], ['node1:port'], ['http://node1?x=1'], ['zk://node1/mesos']])(
    'refuses %j',
    (text) => {
      expect(() => parseAgentAddress(text)).toThrow(
        expect.objectContaining({ code: 'INVALID_MASTER_URL', setting: 'agent' }),
      );
    },
  );

  it('refuses a secret in an address, and does not repeat it', () => {
    expect(() => parseAgentAddress('http://me:s3cret@node1')).toThrow(/credential/);
    expect(() => parseAgentAddress('http://me:s3cret@node1')).not.toThrow(/s3cret/);
  });
});

describe('agentAddressOf', () => {
  it('reads the pid of an agent', () => {
    expect(agentAddressOf('slave(1)@10.0.0.7:5051')).toBe('http://10.0.0.7:5051/slave(1)');
    expect(agentAddressOf('slave(2)@node:5051', 'https')).toBe('https://node:5051/slave(2)');
  });

  it.each([[undefined], [''], ['slave(1)'], ['a@b@c'], ['slave(1)@http://node']])(
    'knows %j for none',
    (pid) => {
      expect(agentAddressOf(pid)).toBeUndefined();
    },
  );
});
