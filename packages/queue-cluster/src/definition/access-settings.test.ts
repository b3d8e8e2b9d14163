import { describe, expect, it } from 'vitest';
import { defineCluster } from './define-cluster.ts';
import { offeredMemMb } from './offered-memory.ts';

const define = (text: string, pool = 'cpus: 1, mem: 32G, walltime: 1h, agents: 1', on = 'slurm') =>
  defineCluster({
    name: 'mine',
    options: {},
    file: { text: `on: ${on}\npools: { main: { ${pool} } }\n${text}`, name: 'c.yaml' },
    sites: [{ text: 'master_flags: --quorum=1', name: 's.yaml' }],
  });

describe('who is let into a cluster', () => {
  it('is asked for a credential unless it is said otherwise', () => {
    expect(define('').authentication).toBe('credential');
    expect(define('authentication: none').authentication).toBe('none');
    expect(() => define('authentication: no')).toThrow(
      /c.yaml:3:17: authentication: expected one of credential, none/,
    );
  });

  it('is a matter of flags, too, the site’s first', () => {
    expect(define('master_flags: --acls=/a').masterFlags).toEqual(['--quorum=1', '--acls=/a']);
  });

  it('shows a master that is there what it wants to see', () => {
    const text = 'master: { at: "https://m:5050", credential_file: /a, ca_file: /b }';
    expect(define(text).master).toEqual({
      kind: 'existing',
      url: 'https://m:5050',
      credentialFile: '/a',
      certificates: '/b',
    });
    expect(() => define('master: { at: here, credential_file: /a }')).toThrow(
      /master.credential_file: only a master that is there already has this/,
    );
  });

  it('has no password in a definition, nor in what is said of it', () => {
    const refused = () => define('master: zk://ann:s3cret@z:2181/mesos');
    expect(refused).toThrow(/c.yaml:3:9: master: a password has no place here.*chmod 600.*file:\/\/\//);
    expect(refused).not.toThrow(/s3cret/);
    expect(define('master: file:///home/ann/master').master).toMatchObject({ kind: 'existing' });
  });
});

describe('the memory that agents offer', () => {
  const offered = (pool: string, on?: string) => {
    const { main } = define('', pool, on).pools;
    return main && offeredMemMb(main);
  };
  const shape = 'cpus: 1, walltime: 1h, agents: 1';

  it.each([
    ['32G', 32_768 - 984],
    ['4G', 4096 - 256],
    ['500M', 375],
  ])('is that of the batch job, %s, without what the agent needs itself', (mem, expected) => {
    expect(offered(`${shape}, mem: ${mem}`)).toBe(expected);
  });

  it('is all of it where nothing limits it, or where it is said so', () => {
    expect(offered(`${shape}, mem: 4G`, 'shell')).toBe(4096);
    expect(offered(`${shape}, mem: 4G, agent_mem: 0`)).toBe(4096);
    expect(offered(`${shape}, mem: 4G, agent_mem: 1G`)).toBe(3072);
    expect(() => offered(`${shape}, mem: 4G, agent_mem: 4G`)).toThrow(
      /agent_mem: expected less than mem, which is 4G/,
    );
  });
});
