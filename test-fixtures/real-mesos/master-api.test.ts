import { describe, expect, it } from 'vitest';
import { registrationOf, standingOf, urlOfPid } from './master-api.ts';

describe('what a master says of itself', () => {
  it.each([
    [307, '', 'following'],
    [404, '404 Not Found.', 'booting'],
    [503, 'No leader elected', 'unaware'],
    [503, 'Master has not finished recovery', 'recovering'],
    [503, 'Service Unavailable', undefined],
    [401, '401 Unauthorized.', undefined],
  ])('by %i %s is %s', (status, text, standing) => {
    expect(standingOf(status, text)).toBe(standing);
  });
});

describe('the registration of an agent', () => {
  const agent = { active: true, pid: 'slave(1)@127.0.0.1:5051', registered_time: { nanoseconds: 1 } };

  it('changes when it registers again', () => {
    const again = { ...agent, reregistered_time: { nanoseconds: 2 } };
    expect(registrationOf([again], ':5051')).not.toBe(registrationOf([agent], ':5051'));
  });

  it('is none while it is inactive, or only others are registered', () => {
    expect(registrationOf([{ ...agent, active: false }], ':5051')).toBeUndefined();
    expect(registrationOf([agent], ':5052')).toBeUndefined();
  });
});

it('the URL of an agent has its process as path', () => {
  expect(urlOfPid('slave(2)@127.0.0.1:5050')).toBe('http://127.0.0.1:5050/slave(2)');
});
