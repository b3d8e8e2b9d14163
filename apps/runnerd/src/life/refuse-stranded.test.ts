import { describe, expect, it } from 'vitest';
import { refuseStranded } from './refuse-stranded.ts';
import type { StateDirectory } from './state-directory.ts';

const state: StateDirectory = {
  ...{ root: '/state', store: '', staging: '', jobs: '', sandboxes: '', cache: '', trash: '', secretKey: '' },
};
const mesos = { kind: 'mesos', master: 'a:5050' } as const;
const storeWith = (count: number) => ({ strandedTasks: async () => count });

describe('refuseStranded', () => {
  it('does not begin anew where tasks may run that nobody can reach any more', async () => {
    await expect(refuseStranded(storeWith(1), 'a:5050', state, mesos)).rejects.toMatchObject({
      code: 'CLUSTER',
      message: expect.stringMatching(
        /^1 task may still run on a:5050, and the store of \/state does not tell/,
      ),
    });
  });

  it('begins where none does, and on this machine, where they are found by their directories', async () => {
    await refuseStranded(storeWith(0), 'a:5050', state, mesos);
    await refuseStranded(storeWith(3), 'local', state, { kind: 'local' });
  });
});
