import { describe, expect, it } from 'vitest';
import { refuseUnknownUser } from './refuse-unknown-user.ts';

describe('whoever splits jobs', () => {
  it('is not root where tasks are those of a user whom only agents know', () => {
    expect(() => refuseUnknownUser({ runAs: 'galaxy' }, true)).toThrow('the user galaxy (run_as)');
    refuseUnknownUser({ runAs: 'galaxy', owner: { uid: 1, gid: 1 } }, true);
    refuseUnknownUser({ runAs: 'galaxy' }, false);
    refuseUnknownUser({}, true);
  });
});
