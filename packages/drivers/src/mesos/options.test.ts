import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { frameworkInfo, settle } from './options.ts';

const options = { master: 'head:5050', frameworkName: 'example' };

describe('settle', () => {
  it('keeps the framework for a minute without a connection unless told otherwise', () => {
    expect(settle(options)).toMatchObject({
      roles: ['*'],
      user: userInfo().username,
      failoverTimeoutSeconds: 60,
      killGraceSeconds: 3,
      connectTimeoutSeconds: 30,
    });
    expect(settle({ ...options, failoverTimeoutSeconds: 0 }).failoverTimeoutSeconds).toBe(0);
  });

  it('refuses to have no role', () => {
    expect(() => settle({ ...options, roles: [] })).toThrow('roles must name at least one role');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d seconds, and names the option',
    (seconds) => {
      expect(() => settle({ ...options, killGraceSeconds: seconds })).toThrow(
        `killGraceSeconds must be a number that is not negative, and is ${seconds}`,
      );
    },
  );
});

describe('frameworkInfo', () => {
  it('tells the master who is there, and never the secret', () => {
    const credential = { principal: 'galaxy', secret: 'hidden' };
    const info = frameworkInfo(
      settle({ ...options, credential, user: 'nobody', frameworkId: 'framework-1' }),
    );
    expect(info).toMatchObject({
      id: { value: 'framework-1' },
      name: 'example',
      user: 'nobody',
      principal: 'galaxy',
      roles: ['*'],
      checkpoint: true,
      failover_timeout: 60,
    });
    expect(JSON.stringify(info)).not.toContain('hidden');
  });

  it('asks for graphics processors, what can be taken away, and other regions only on request', () => {
    const typesWith = (more: object) =>
      (frameworkInfo(settle({ ...options, ...more })).capabilities ?? []).map(({ type }) => type);
    const special = ['GPU_RESOURCES', 'REVOCABLE_RESOURCES', 'REGION_AWARE'];
    expect(typesWith({}).filter((type) => special.includes(type ?? ''))).toEqual([]);
    expect(typesWith({ gpu: true, revocable: true, allRegions: true })).toEqual(
      expect.arrayContaining(special),
    );
  });

  it('has no id and no principal where none is given', () => {
    const info = frameworkInfo(settle(options));
    expect(info).not.toHaveProperty('id');
    expect(info).not.toHaveProperty('principal');
  });
});
