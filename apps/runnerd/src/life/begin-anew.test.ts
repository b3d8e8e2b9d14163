import { StoreError } from '@galaxy-mesos/job-store';
import { MesosError } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../runnerd-error.ts';
import { finalError, remedyFor } from './begin-anew.ts';

describe('remedyFor', () => {
  it('stands by for whoever has the store now', () => {
    expect(remedyFor(new StoreError('DEPOSED', 's', 'x'))).toBe('stand-by');
  });

  it('goes on as a new framework where the old one was ended', () => {
    expect(remedyFor(new MesosError('FRAMEWORK_REMOVED', 'x'))).toBe('new-framework');
  });

  it.each([
    new MesosError('FRAMEWORK_FAILED_OVER', 'x'),
    new MesosError('SUBSCRIPTION_REFUSED', 'x'),
    new StoreError('UNREADABLE', 's', 'x'),
    new Error('x'),
  ])('gives up where nothing helps: %s', (error) => {
    expect(remedyFor(error)).toBe('give-up');
  });
});

describe('finalError', () => {
  it('says that two daemons fight over one framework', () => {
    expect(messageOf(finalError(new MesosError('FRAMEWORK_FAILED_OVER', 'taken over')))).toMatch(
      /^another daemon has gone on as the framework of this one.*taken over/,
    );
  });
});
