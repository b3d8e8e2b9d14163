import { join } from 'node:path';
import { MesosDriver } from '@galaxy-mesos/drivers';
import type { OfferId, SchedulerOptions, TaskSpec } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { newsOf, RealRun, until, untilState } from './real-run.ts';
import { tapDriver } from './taps.ts';

const agent = { resources: 'cpus:2;mem:512' };

/** Launches a task for a framework that knows nothing of it, and leaves. */
async function launchBehindItsBack(run: RealRun, frameworkId: string, task: TaskSpec): Promise<void> {
  const driver = new MesosDriver({ master: run.cluster.url, frameworkName: 'stranger', frameworkId });
  const running = Promise.withResolvers<void>();
  let isLaunched = false;
  await driver.start((event) => {
    const [offer] = event.type === 'offers' ? event.offers : [];
    if (offer && !isLaunched) {
      isLaunched = true;
      driver.launch([offer.id], [{ ...task, attemptId: task.id }]).catch(running.reject);
    }
    if (event.type !== 'update') return;
    driver.acknowledge(event.update).then(() => {
      if (event.update.state === 'TASK_RUNNING') running.resolve();
    }, running.reject);
  });
  await running.promise;
  await driver.stop('disconnect');
}

async function meetStranger(run: RealRun, policy: SchedulerOptions['unknownAttempts']) {
  const store = join(run.cluster.folder, `${policy}.sqlite`);
  const before = await run.runtime([run.ledger.task(`${policy}-before`, 'true')], { store });
  await before.scheduler.settled();
  const frameworkId = (await before.frameworkId()) ?? '';
  await before.close();
  const stranger = run.ledger.heldTask(`stranger-${policy}`);
  await launchBehindItsBack(run, frameworkId, stranger);
  const later = await run.runtime([run.ledger.task(`${policy}-later`, 'true')], {
    store,
    options: { unknownAttempts: policy },
  });
  const notice = await until('the stranger to be found', () =>
    later.notices.find(({ type }) => type === 'unknown-attempt'),
  );
  await later.scheduler.settled();
  return { id: stranger.id, notice };
}

describe.skipIf(!requireRealMesos())('what a scheduler did not launch', () => {
  it('and finds under its framework is killed, or left alone, as it is told', async () => {
    await using run = await RealRun.start({ agents: [agent] });
    const [killed, left] = await Promise.all([meetStranger(run, 'kill'), meetStranger(run, 'leave')]);
    expect(killed.notice).toMatchObject({ attemptId: killed.id, action: 'kill', state: 'TASK_RUNNING' });
    expect(left.notice).toMatchObject({ attemptId: left.id, action: 'leave', state: 'TASK_RUNNING' });
    await until('the stranger to be killed', async () =>
      (await run.mesosTasks('completed_tasks')).find(
        ({ id, state }) => id === killed.id && state === 'TASK_KILLED',
      ),
    );
    expect(await run.mesosTasks('tasks')).toEqual([{ id: left.id, state: 'TASK_RUNNING' }]);
  });

  it('because the launch came to nothing after it was taken is asked for, and replaced', async () => {
    await using run = await RealRun.start({ agents: [agent, agent] });
    let isSwallowed = false;
    const runtime = await run.runtime([run.ledger.task('a', 'true')], {
      options: { launchSilence: 0.5 },
      tapDriver: (driver) =>
        tapDriver(driver, {
          launch: async (pass) => {
            if (isSwallowed) return pass();
            isSwallowed = true;
          },
        }),
    });
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(run.ledger.runsOf('a').began).toEqual(['a-2']);
    expect(newsOf(runtime, 'a').map(({ id, state }) => `${id} ${state}`)).toContain('a-1 TASK_GONE');
  });

  it('because its offer was gone is launched on another at once, though nothing was wanted of that before', async () => {
    await using run = await RealRun.start({ agents: [agent, agent] });
    let isGone = false;
    const runtime = await run.runtime([run.ledger.task('a', 'true')], {
      tapDriver: (driver) =>
        tapDriver(driver, {
          // So that the task has waited, and the scheduler has asked for offers.
          event: (event, pass) => {
            if (event.type === 'offers') setTimeout(pass, 100, event);
            else pass(event);
          },
          launch: async (pass, _, offerIds) => {
            // As an agent that goes away takes its offers with it, and is not offered again.
            if (!isGone) await driver.decline(offerIds, 3600);
            isGone = true;
            await pass();
          },
        }),
    });
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(newsOf(runtime, 'a').map(({ id, reason }) => `${id} ${reason}`)).toContain(
      'a-1 REASON_INVALID_OFFERS',
    );
    expect(run.ledger.runsOf('a').began).toEqual(['a-2']);
  });

  it('under an id that is in use does not end what uses it', async () => {
    await using run = await RealRun.start({ agents: [agent, agent], separateProcesses: true });
    let spare: OfferId | undefined;
    const refused = Promise.withResolvers<void>();
    const runtime = await run.runtime([run.ledger.heldTask('a')], {
      tapDriver: (driver) =>
        tapDriver(driver, {
          event: (event, pass) => {
            if (event.type === 'update' && event.update.state === 'TASK_ERROR') refused.resolve();
            if (event.type !== 'offers' || spare !== undefined) return pass(event);
            const [kept, ...offers] = event.offers;
            spare = kept?.id;
            pass({ ...event, offers });
          },
          launch: async (pass, launches) => {
            await pass();
            await untilState(runtime, 'a', 'TASK_RUNNING');
            await driver.launch([spare ?? ''], launches);
          },
        }),
    });
    await refused.promise;
    run.ledger.let('a');
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(run.ledger.runsOf('a').began).toEqual(['a-1']);
  });
});
