import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { findUser } from './find-user.ts';

describe('findUser', () => {
  it('finds the one that runs this', () => {
    const { username, uid, gid } = userInfo();
    expect(findUser(username)).toEqual({ uid, gid });
  });

  it('does not find one that there is not, nor takes a name for a flag', () => {
    expect(findUser('no-such-user')).toBeUndefined();
    expect(findUser('-u')).toBeUndefined();
  });
});
