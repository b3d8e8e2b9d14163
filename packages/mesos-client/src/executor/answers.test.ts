import { describe, expect, it } from 'vitest';
import { callError, errorOfEvent, isFinal, subscribeError } from './answers.ts';

// The words are those of Mesos 1.11.0: test-fixtures/mesos-1.11.0, 04 and 07.
describe('answers of an agent', () => {
  it.each([
    [400, 'Framework cannot be found', 'EXECUTOR_REFUSED'],
    [400, "Failed to validate Executor::Call: Expecting 'type' to be present", 'EXECUTOR_REFUSED'],
    [403, '403 Forbidden.', 'EXECUTOR_REFUSED'],
    [404, '404 Not Found.', 'CONNECTION_LOST'],
    [503, 'Agent has not finished recovery', 'CONNECTION_LOST'],
    [500, '', 'CONNECTION_LOST'],
  ])('to SUBSCRIBE: %d %s is %s', (status, text, code) => {
    const error = subscribeError({ status, text }, 'http://a:1');
    expect(error).toMatchObject({ code, status, answer: text, callType: 'SUBSCRIBE' });
    expect(isFinal(error)).toBe(code === 'EXECUTOR_REFUSED');
  });

  it.each([
    [400, "Failed to validate Executor::Call: Expecting 'uuid' to be present", 'CALL_REFUSED'],
    [400, 'Executor cannot be found', 'SESSION_LOST'],
    [403, 'Executor is not subscribed', 'SESSION_LOST'],
    [503, 'Agent has not finished recovery', 'SESSION_LOST'],
    [500, '', 'CALL_REFUSED'],
  ])('to another call: %d %s is %s', (status, text, code) => {
    expect(callError({ status, text }, 'UPDATE')).toMatchObject({ code, status, callType: 'UPDATE' });
  });

  it('in an ERROR event are final', () => {
    const error = errorOfEvent('go away');
    expect(error.message).toContain('go away');
    expect(isFinal(error)).toBe(true);
  });
});
