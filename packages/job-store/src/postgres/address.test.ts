import { describe, expect, test } from 'vitest';
import { parseAddress } from './address.ts';

describe('parseAddress', () => {
  test.each([
    ['postgres://me:s3cret@db.example:5433/jobs?sslmode=disable', 'postgres://me@db.example:5433/jobs'],
    ['postgresql://me@db.example/jobs?password=s3cret', 'postgres://me@db.example:5432/jobs'],
    ['postgres://me:s3%40cret@/jobs?host=/run/postgresql', 'postgres://me@/jobs?host=/run/postgresql'],
  ])('tells of %s without what is secret', (address, location) => {
    expect(parseAddress(address)).toMatchObject({ location, connectionString: address });
  });

  test('tells whose password is to be looked up where none is given', () => {
    expect(parseAddress('postgres://me@db.example/jobs').passwordTarget).toEqual({
      host: 'db.example',
      port: 5432,
      user: 'me',
      database: 'jobs',
    });
    expect(parseAddress('postgres://me:s3cret@db.example/jobs').passwordTarget).toBeUndefined();
  });

  test('says nothing of an address that it cannot read', () => {
    expect(() => parseAddress('postgres://me:s3c/ret@host/jobs')).toThrow(/^(?!.*s3c)\[UNREADABLE\].*%2F/);
  });
});
