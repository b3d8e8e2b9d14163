import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes.ts';
import { configurationSchema } from './schema.ts';

const changes = (before: object, after: object) =>
  changesBetween(configurationSchema.parse(before), configurationSchema.parse(after));

describe('changesBetween', () => {
  it('finds none between files that say the same in other words', () => {
    expect(changes({}, { listen: '127.0.0.1:8913', mesos: {} })).toEqual({ applied: [], needRestart: [] });
  });

  it('tells what applies at once from what needs a restart', () => {
    const tokens = { a: { value: '12345678' } };
    const after = {
      tokens,
      log_level: 'debug',
      scheduling: { ageing: 1 },
      listen: '127.0.0.1:1',
      state: '/s',
    };
    expect(changes({}, after)).toEqual({
      applied: ['tokens', 'scheduling', 'log_level'],
      needRestart: ['listen', 'state'],
    });
  });

  it('finds settings that were taken out', () => {
    expect(changes({ run_as: 'galaxy' }, {}).needRestart).toEqual(['run_as']);
  });

  it('cannot begin or end to encrypt without a restart, but takes another certificate', () => {
    const tls = (name: string) => ({ tls: { certificate: name, key: name } });
    expect(changes({}, tls('a')).needRestart).toEqual(['tls']);
    expect(changes(tls('a'), {}).needRestart).toEqual(['tls']);
    expect(changes(tls('a'), tls('b')).applied).toEqual(['tls']);
  });
});
