import { describe, expect, it } from 'vitest';
import { masterOfUrl } from './master-of-url.ts';

describe('the address of a master that is there already', () => {
  it.each([
    ['host:5050', 'host:5050'],
    ['http://10.0.0.1:5051/', '10.0.0.1:5051'],
    ['https://master.example', 'master.example:5050'],
    ['zk://a:2181,b:2181/mesos', 'zk://a:2181,b:2181/mesos'],
    ['file:///home/ann/master', 'file:///home/ann/master'],
  ])('%s is told to agents as %s', (url, address) => {
    expect(masterOfUrl(url)).toBe(address);
  });

  it.each([
    '',
    'a:1,b:2',
    'host:0',
    'host:70000',
    'ftp://a:1',
    'zk://a b',
    "zk://a'b",
    'host:5050/x',
    'a\nb:1',
  ])('%j is refused, with what to do', (url) => {
    expect(() => masterOfUrl(url)).toThrow(/agents need one HOST:PORT/);
  });

  it('holds no password, and none is repeated', () => {
    const refused = () => masterOfUrl('zk://ann:s3cret@z:2181/mesos');
    expect(refused).toThrow(/zk:\/\/\*\*\*@z:2181\/mesos.*file:\/\/\/PATH/);
    expect(refused).not.toThrow(/s3cret/);
  });
});
