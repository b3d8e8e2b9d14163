import type { AttemptReference, Launch } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';
import { aLaunch, smallTask } from '../driver-fixture.ts';

const aGroup = (...commands: string[]): Launch[] =>
  commands.map((command) => aLaunch(command, { groupId: 'group' }));

export const describeGroups = ({ current, reconnect }: ContractContext): void => {
  const endsOf = async (launches: readonly Launch[]) => {
    const ends = launches.map(({ attemptId }) => current().log.end(attemptId));
    return (await Promise.all(ends)).map(({ state }) => state);
  };

  const runAll = async (launches: readonly Launch[]): Promise<AttemptReference[]> => {
    const attempts = await current().launch(...launches);
    for (const { attemptId } of launches) await current().log.update(attemptId, ['TASK_RUNNING']);
    return attempts;
  };

  describe('groups', () => {
    it('lets each attempt of a group finish by itself', async () => {
      const launches = aGroup('true', 'sleep 0.5');
      await current().launch(...launches);
      expect(await endsOf(launches)).toEqual(['TASK_FINISHED', 'TASK_FINISHED']);
    });

    it('ends a group when one of it has failed, and nothing beside it', async () => {
      const other = aLaunch('sleep 300');
      const launches = aGroup('sleep 300', 'exit 3');
      await current().launch(...launches, other);
      expect(await endsOf(launches)).toEqual(['TASK_KILLED', 'TASK_FAILED']);
      expect(current().log.statesOf(other.attemptId)).not.toContain('TASK_KILLED');
    });

    it('ends a group when one of it was killed', async () => {
      const launches = aGroup('sleep 300', 'sleep 300');
      const [attempt] = await runAll(launches);
      if (attempt !== undefined) await current().driver.kill(attempt, 5);
      expect(await endsOf(launches)).toEqual(['TASK_KILLED', 'TASK_KILLED']);
    });

    it('starts nothing of a group of which one does not fit, and what is beside it', async () => {
      const tooLarge = aLaunch('true', { groupId: 'group', resources: { ...smallTask, cpus: 1000 } });
      const [member = tooLarge] = aGroup('true');
      const other = aLaunch('true');
      const offer = await current().freshOffer();
      await current().driver.launch([offer.id], [member, other, tooLarge]);
      expect(await endsOf([member, other, tooLarge])).toEqual([
        'TASK_DROPPED',
        'TASK_FINISHED',
        'TASK_DROPPED',
      ]);
    });

    it('starts nothing of a group of which one can never run', async () => {
      const [first, second] = aGroup('true', 'true');
      if (first === undefined || second === undefined) throw new Error('There are two');
      await current().launch(first, { ...second, attemptId: 'a/b' });
      expect((await current().log.end(first.attemptId)).state).toBe('TASK_ERROR');
      expect((await current().log.end('a/b')).state).toBe('TASK_ERROR');
    });

    it('keeps a group together for a later driver', async () => {
      const launches = aGroup('until [ -e go ]; do sleep 0.1; done; exit 3', 'sleep 300');
      const [attempt] = await runAll(launches);
      const { driver } = await reconnect();
      if (attempt !== undefined) await driver.kill(attempt, 0);
      expect(await endsOf(launches)).toEqual(['TASK_KILLED', 'TASK_KILLED']);
    });
  });
};
