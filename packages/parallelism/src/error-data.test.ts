import { FormatError } from '@galaxy-mesos/formats';
import { describe, expect, it } from 'vitest';
import { dataOfError, errorDataSchema, errorOfData } from './error-data.ts';
import { PlanError } from './plan-error.ts';

const sent = (thrown: unknown): Error =>
  errorOfData(errorDataSchema.parse(JSON.parse(JSON.stringify(dataOfError(thrown)))));

describe('an error that comes from another process', () => {
  it('is the same as there', () => {
    const plan = new PlanError('INVALID_TABLE', 'line 3 is short');
    expect(sent(plan)).toEqual(plan);
    expect(sent(plan)).toBeInstanceOf(PlanError);
    const format = new FormatError('MALFORMED', 'expected ">"', { path: '/a b', line: 3 });
    expect(sent(format)).toBeInstanceOf(FormatError);
    expect(sent(format)).toMatchObject({ message: format.message, code: 'MALFORMED', path: '/a b', line: 3 });
  });

  it('has the words of whatever else was thrown', () => {
    expect(sent(new TypeError('x is not a function')).message).toBe('x is not a function');
    expect(sent('no error at all').message).toBe('no error at all');
  });

  it('says of which file the system would not let it be read', () => {
    const refused = Object.assign(new Error('EACCES: permission denied'), {
      code: 'EACCES',
      path: '/secret',
    });
    expect(sent(refused)).toBeInstanceOf(FormatError);
    expect(sent(refused)).toMatchObject({ code: 'NO_PERMISSION', path: '/secret' });
  });
});
