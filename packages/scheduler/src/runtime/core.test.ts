import { describe, expect, test } from 'vitest';
import { agentNamed, aTask, CoreFixture } from '../testing/core-fixture.ts';

const large = { cpus: 8, mem: 64, disk: 0 };
const twoCores = { cpus: 2, mem: 1024, disk: 0 };

describe('SchedulerCore with offers', () => {
  test('launches what waits as soon as it is offered room, and writes each attempt', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'), aTask('b'));
    const { changes, effects } = await core.offer({ cpus: 2 });
    expect(changes.map(({ type }) => type)).toEqual(['attempted', 'moved', 'attempted', 'moved']);
    expect(effects).toHaveLength(1);
    expect(effects[0]).toMatchObject({ type: 'launch', offerIds: ['offer-1'] });
    expect(core.launched()).toEqual(['a-1', 'b-1']);
  });

  test('tells the command which attempt it is', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a', { environment: { LANG: 'C' }, maximumRunSeconds: 9 }));
    await core.offer();
    expect(core.took('launch')[0]?.launches[0]).toMatchObject({
      maximumRunSeconds: 9,
      environment: {
        LANG: 'C',
        GALAXY_MESOS_TASK_ID: 'a',
        GALAXY_MESOS_ATTEMPT_ID: 'a-1',
        GALAXY_MESOS_ATTEMPT_NUMBER: '1',
      },
    });
  });

  test('an offer that was withdrawn in the same breath is not used', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    const resources = { cpus: 1, mem: 1024, disk: 0 };
    const offer = { id: 'brief', agent: agentNamed('agent-1'), resources };
    await core.tell(
      { type: 'driver', event: { type: 'offers', offers: [offer] } },
      { type: 'driver', event: { type: 'rescinded', offerId: 'brief' } },
    );
    expect(core.launched()).toEqual([]);
  });

  test('offers of an earlier connection are not used', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    const resources = { cpus: 1, mem: 1024, disk: 0 };
    const offer = { id: 'old', agent: agentNamed('agent-1'), resources };
    await core.tell(
      { type: 'driver', event: { type: 'offers', offers: [offer] } },
      { type: 'driver', event: { type: 'disconnected', message: 'gone' } },
      { type: 'driver', event: { type: 'subscribed', frameworkId: 'f' } },
    );
    expect(core.launched()).toEqual([]);
  });

  test('gives back at once what nothing fits into, for a short while as long as something waits', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a', { resources: large }));
    await core.offer();
    expect(core.took('decline')).toEqual([{ type: 'decline', offerIds: ['offer-1'], refuseSeconds: 5 }]);
  });

  test('wants no offers while nothing waits, and says so once', async () => {
    const core = await CoreFixture.connected();
    await core.wait(1);
    expect(core.took('suppress')).toHaveLength(1);
    await core.offer();
    expect(core.took('decline')).toEqual([{ type: 'decline', offerIds: ['offer-1'], refuseSeconds: 3600 }]);
    expect(core.took('suppress')).toEqual([]);
    await core.submit(aTask('a'));
    expect(core.took('revive')).toHaveLength(1);
  });

  test('does not suppress offers while a task waits for its next try', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a', { retries: 1 }));
    await core.offer();
    core.forget();
    await core.update('a-1', 'TASK_FAILED');
    await core.wait(0.4);
    expect(core.took('suppress')).toEqual([]);
    await core.wait(0.2);
    expect(core.took('revive')).toHaveLength(1);
  });

  test('says after a new connection that it wants none, because the cluster has forgotten', async () => {
    const core = await CoreFixture.connected();
    core.forget();
    await core.wait(1);
    core.forget();
    await core.disconnect();
    await core.connect();
    expect(core.took('suppress')).toHaveLength(1);
  });
});

describe('SchedulerCore with tasks that fit nowhere', () => {
  test('fails at once what no agent could ever run, and says how large the agents are', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': twoCores });
    await core.submit(aTask('a', { resources: large }), aTask('b'));
    await core.offer();
    expect(await core.state('a')).toBe('failed');
    expect(core.told('task').find(({ spec }) => spec.id === 'a')?.message).toBe(
      'no known agent could ever run it: it asks for 8 cpus; the largest of 1 agent has 2',
    );
    expect(core.launched()).toEqual(['b-1']);
  });

  test('does not fail what an agent could run that is only busy now', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ big: { ...large, mem: 4096 }, small: twoCores });
    await core.submit(aTask('a', { resources: large }));
    await core.offer({}, { agent: agentNamed('small') });
    expect(await core.state('a')).toBe('waiting');
  });

  test('does not fail anything where other agents may come', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': twoCores }, { final: false });
    await core.submit(aTask('a', { resources: large }));
    await core.offer();
    expect(await core.state('a')).toBe('waiting');
  });

  test('reports what has fitted nowhere for a while, when nothing runs that could make room', async () => {
    const core = await CoreFixture.connected({ unplacedPatience: 10 });
    await core.submit(aTask('a', { resources: large }), aTask('b', { resources: large }));
    await core.offer();
    await core.wait(9);
    await core.offer();
    expect(core.told('unplaced')).toEqual([]);
    await core.wait(1);
    await core.offer();
    expect(core.told('unplaced')).toMatchObject([{ type: 'unplaced', tasks: 2 }]);
    await core.offer();
    expect(core.told('unplaced')).toEqual([]);
  });

  test('reports at once what no agent that is there now could ever run', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': twoCores }, { final: false });
    await core.submit(aTask('a', { resources: large }), aTask('b'));
    await core.offer();
    await core.wait(1);
    const [notice] = core.told('unplaced');
    expect(notice?.message).toBe(
      '1 task waits for 8 cpus, 64 MiB of memory, 0 MiB of disk: no known agent could ever run it: ' +
        'it asks for 8 cpus; the largest of 1 agent has 2',
    );
    expect(await core.state('a')).toBe('waiting');
    await core.wait(100);
    expect(core.told('unplaced')).toEqual([]);
  });

  test('does not report it while something runs', async () => {
    const core = await CoreFixture.connected({ unplacedPatience: 2 });
    await core.submit(aTask('a'), aTask('b', { resources: large }));
    await core.offer();
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(100);
    await core.offer();
    expect(core.told('unplaced')).toEqual([]);
  });
});

describe('SchedulerCore with calls that do not get through', () => {
  const fail = (core: CoreFixture, effect: ReturnType<CoreFixture['took']>[number] | undefined) => {
    if (!effect) throw new Error('there is no such effect to fail');
    return core.tell({ type: 'call-failed', effect });
  };

  test('asks again for offers, because none would come otherwise', async () => {
    const core = await CoreFixture.connected({ callRepeat: 5 });
    await core.submit(aTask('a'));
    await fail(core, core.took('revive')[0]);
    expect(core.took('revive')).toEqual([]);
    await core.wait(5);
    expect(core.took('revive')).toHaveLength(1);
    await core.wait(100);
    expect(core.took('revive')).toEqual([]);
  });

  test('does not ask for offers that nobody wants any more', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    await fail(core, core.took('revive')[0]);
    await core.offer();
    await core.wait(100);
    expect(core.took('revive')).toEqual([]);
  });

  test('gives an offer back again', async () => {
    const core = await CoreFixture.connected();
    await core.offer();
    const [decline] = core.took('decline');
    await fail(core, decline);
    await core.wait(5);
    expect(core.took('decline')).toEqual([decline]);
  });

  test('gives the offer of a launch back, and asks what became of the attempts', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a'));
    await core.offer();
    await fail(core, core.took('launch')[0]);
    expect(core.took('decline')).toEqual([{ type: 'decline', offerIds: ['offer-1'], refuseSeconds: 0 }]);
    expect(core.askedFor()).toEqual([]);
    await core.wait(5);
    expect(core.askedFor()).toEqual(['a-1']);
    await core.update('a-1', 'TASK_GONE');
    await core.wait(1);
    await core.offer();
    expect(core.launched()).toEqual(['a-2']);
  });

  test('leaves it all to the next connection once this one is lost', async () => {
    const core = await CoreFixture.connected();
    await core.offer();
    const [decline] = core.took('decline');
    await fail(core, decline);
    await core.disconnect();
    await fail(core, decline);
    await core.connect();
    await core.wait(100);
    expect(core.took('decline')).toEqual([]);
  });
});

describe('SchedulerCore with agents that are to be taken down', () => {
  const ask = (core: CoreFixture, start: number) => {
    const offers = [{ id: 'inverse-1', agentId: 'agent-1', unavailability: { start } }];
    return core.tell({ type: 'driver', event: { type: 'inverse-offers', offers } });
  };
  const aMinuteFromNow = 1e12 + 60_000;

  test('agrees where nothing will run any more, and tells of it', async () => {
    const core = await CoreFixture.connected();
    await ask(core, aMinuteFromNow);
    expect(core.took('answer-inverse-offers')).toEqual([
      { type: 'answer-inverse-offers', offerIds: ['inverse-1'], answer: 'accept' },
    ]);
    expect(core.told('maintenance')).toMatchObject([{ answer: 'accept', stillRunning: 0 }]);
  });

  test('asks for patience where tasks will still run, and says for how many and until when', async () => {
    const core = await CoreFixture.connected();
    await core.submit(aTask('a', { expectedRunSeconds: 90 }), aTask('b', { expectedRunSeconds: 30 }));
    await core.offer({ cpus: 2 });
    await ask(core, aMinuteFromNow);
    expect(core.took('answer-inverse-offers')).toMatchObject([{ answer: 'decline' }]);
    expect(core.told('maintenance')).toMatchObject([
      { agentId: 'agent-1', answer: 'decline', stillRunning: 1, until: 1e12 + 90_000 },
    ]);
  });

  test('answers nothing that was asked on an earlier connection', async () => {
    const core = await CoreFixture.connected();
    await core.tell(
      {
        type: 'driver',
        event: { type: 'inverse-offers', offers: [{ id: 'old', unavailability: { start: aMinuteFromNow } }] },
      },
      { type: 'driver', event: { type: 'disconnected', message: 'gone' } },
      { type: 'driver', event: { type: 'subscribed', frameworkId: 'f' } },
    );
    expect(core.took('answer-inverse-offers')).toEqual([]);
  });
});
