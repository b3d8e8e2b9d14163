import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { LocalUsers, parsePasswd } from './users.ts';

describe('parsePasswd', () => {
  it('takes name, numbers and home from a line', () => {
    const line = 'galaxy:x:1450:1451:Galaxy, "server":/srv/galaxy:/bin/bash\n';
    expect(parsePasswd(line)).toEqual({ name: 'galaxy', uid: 1450, gid: 1451, home: '/srv/galaxy' });
  });

  it.each(['', 'galaxy', 'galaxy:x:one:2::/home:', 'galaxy:x:1:2:::'])('takes no user from %j', (line) => {
    expect(parsePasswd(line)).toBeUndefined();
  });
});

describe('LocalUsers', () => {
  it('changes nothing for the user of this process, by name or by number', () => {
    const users = new LocalUsers('/');
    const { username, uid } = userInfo();
    expect([users.find(username), users.find(String(uid))]).toEqual([{ kind: 'self' }, { kind: 'self' }]);
  });

  it('finds fault with a user that there is not, or that this process may not become', () => {
    const finding = new LocalUsers('/').find('nobody-of-that-name');
    expect(finding).toMatchObject({ kind: 'fault', message: expect.stringContaining('nobody-of-that-name') });
  });
});
