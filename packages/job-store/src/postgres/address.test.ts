import { describe, expect, test } from 'vitest';
import { parseAddress } from './address.ts';

describe('parseAddress', () => {
  test.each([
    ['postgres://me:s3cret@db.example:5433/jobs?sslmode=disable', 'postgres://me@db.example:5433/jobs'],
    ['postgresql://me@db.example/jobs?password=s3cret', 'postgres://me@db.example:5432/jobs'],
    ['postgres://me:s3%40cret@/jobs?host=/run/postgresql', 'postgres://me@/jobs?host=/run/postgresql'],
  ])('tells of %s without what is secret', (address, location) => {
    expect(parseAddress(address)).toEqual({ location, connectionString: address });
  });

  test('says nothing of an address that it cannot read', () => {
    expect(() => parseAddress('postgres://me:s3c/ret@host/jobs')).toThrow(/^(?!.*s3c)\[UNREADABLE\].*%2F/);
  });
});
