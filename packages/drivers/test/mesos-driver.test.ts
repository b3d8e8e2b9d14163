import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MesosDriver } from '@galaxy-mesos/drivers';
import { noResources } from '@galaxy-mesos/scheduler';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireRealMesos, startMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { aLaunch, amountsOf } from './driver-fixture.ts';
import { MesosFixture, type StartedMesosDriver } from './mesos-fixture.ts';

let fixture: MesosFixture;
let signals = 0;

/** A command that ends with exit code 4 when `go` is called. */
const waiting = (): { command: string; go: () => Promise<void> } => {
  signals += 1;
  const path = join(fixture.cluster.folder, `go-${signals}`);
  return {
    command: `echo ready; until [ -e ${path} ]; do sleep 0.05; done; exit 4`,
    go: () => writeFile(path, ''),
  };
};

const theAgent = () => {
  const [agent] = fixture.cluster.agents;
  if (!agent) throw new Error('The cluster has an agent');
  return agent;
};

const untilType = ({ log }: StartedMesosDriver, type: 'disconnected' | 'subscribed' | 'failed', from = 0) =>
  log.until(type, (event) => (event.type === type ? event : undefined), from);

describe.skipIf(!requireRealMesos())('MesosDriver', () => {
  beforeAll(async () => {
    fixture = new MesosFixture(
      await startMesos({
        agents: [{ resources: 'cpus:2;cpus(tests):1;mem:1024;mem(tests):512;disk:1024' }],
        separateProcesses: true,
      }),
    );
  });

  afterEach(() => fixture.stopDrivers());

  afterAll(() => fixture.cluster.stop());

  describe('for tasks', () => {
    it('sets MESOS_URL to an address of the master, for tools that are frameworks themselves', async () => {
      const started = await fixture.start();
      const launch = aLaunch('printf %s "$MESOS_URL"');
      const [attempt] = await started.launch(launch);
      await started.log.end(launch.attemptId);
      const url = attempt && (await started.driver.tailSandboxFile(attempt, 'stdout', 100));
      const port = new URL(fixture.cluster.url).port;
      expect(url).toMatch(new RegExp(`^http://(localhost|127\\.0\\.0\\.1):${port}$`));
      await started.driver.stop('teardown');
      const inner = await fixture.start({ master: url ?? '' });
      expect((await inner.freshOffer()).agent.id).toBe(attempt?.agentId);
    });

    it('tells where the credential lies that such tools need, and not what it is', async () => {
      const credentialFile = '/clusters/mine/access/credential.json';
      const started = await fixture.start({ credentialFile });
      const launch = aLaunch('printf %s "$GALAXY_MESOS_CREDENTIAL_FILE"');
      const [attempt] = await started.launch(launch);
      await started.log.end(launch.attemptId);
      expect(attempt && (await started.driver.tailSandboxFile(attempt, 'stdout', 100))).toBe(credentialFile);
      await started.driver.stop('teardown');
    });

    it('uses reserved and unreserved resources of one offer together', async () => {
      const started = await fixture.start({ roles: ['tests'] });
      const offer = await started.freshOffer();
      expect(offer.role).toBe('tests');
      expect(offer.resources).toMatchObject({
        cpus: 3,
        mem: 1536,
        disk: 1024,
        reserved: [{ type: 'STATIC', role: 'tests', labels: {}, resources: { cpus: 1, mem: 512, disk: 0 } }],
      });
      const both = aLaunch('true', { resources: { cpus: 2.5, mem: 1000, disk: 1 } });
      const rest = aLaunch('true', { resources: { cpus: 0.5, mem: 536, disk: 1 } });
      await started.driver.launch([offer.id], [both, rest]);
      expect((await started.log.end(both.attemptId)).state).toBe('TASK_FINISHED');
      expect((await started.log.end(rest.attemptId)).state).toBe('TASK_FINISHED');
    });

    it('tells where a person finds the files, in a form that any browser opens', async () => {
      const started = await fixture.start();
      const { sandbox = '' } = await started.outcome(aLaunch('echo hello >result'));
      const answer = await fetch(sandbox);
      expect(answer.status).toBe(200);
      const files = (await answer.json()) as { path: string; size: number }[];
      const result = files.find(({ path }) => path.endsWith('/result'));
      expect(result?.size).toBe(6);
      const download = new URL(`/files/download?path=${encodeURIComponent(result?.path ?? '')}`, sandbox);
      expect(await (await fetch(download)).text()).toBe('hello\n');
    });

    it('calls a launch that no cluster can run an error, and gives its offer back', async () => {
      const started = await fixture.start();
      const offer = await started.freshOffer();
      const broken = aLaunch('true', { maximumRunSeconds: Number.NaN });
      const notText = aLaunch('true', { environment: { COUNT: 3 as unknown as string } });
      await started.driver.launch([offer.id], [broken]);
      expect((await started.log.end(broken.attemptId)).state).toBe('TASK_ERROR');
      await started.driver.launch([(await started.freshOffer(offer.resources)).id], [notText]);
      const { state, message } = await started.log.end(notText.attemptId);
      expect(state).toBe('TASK_ERROR');
      expect(message).toContain('INVALID_MESSAGE');
      await started.freshOffer(offer.resources);
    });

    it('kills an attempt of which only the id is known', async () => {
      const started = await fixture.start();
      const { attemptId } = await started.run(aLaunch('sleep 300'));
      await started.driver.kill({ attemptId, agentId: '' }, 0);
      expect((await started.log.end(attemptId)).state).toBe('TASK_KILLED');
    });
  });

  describe('for updates', () => {
    it('acknowledges, so that nothing is left to be sent again', async () => {
      const started = await fixture.start();
      const { attemptId } = await started.outcome(aLaunch('exit 3'));
      await fixture.untilCompleted(attemptId);
    });

    it('hears again, and only then goes on, where an update was not acknowledged', async () => {
      const driver = fixture.driver();
      const states: string[] = [];
      const first = Promise.withResolvers<string>();
      const launch = aLaunch('exit 3');
      await driver.start((event) => {
        if (event.type === 'offers' && states.length === 0)
          void driver.launch([event.offers[0]?.id ?? ''], [launch]).catch(first.reject);
        if (event.type !== 'update' || event.update.acknowledgement === undefined) return;
        states.push(event.update.state);
        first.resolve(event.update.acknowledgement);
      });
      const acknowledgement = await first.promise;
      await driver.stop('disconnect');
      const { log } = await fixture.start({ frameworkId: driver.frameworkId ?? '' });
      const again = await log.update(launch.attemptId, ['TASK_STARTING']);
      expect(again.acknowledgement).toBe(acknowledgement);
      expect((await log.end(launch.attemptId)).exitCode).toBe(3);
      expect(states).toEqual(['TASK_STARTING']);
      await fixture.untilCompleted(launch.attemptId);
    });
  });

  describe('for later drivers', () => {
    it('gives way to a second driver of the same framework, and does not end what is no longer its own', async () => {
      const first = await fixture.start();
      const { command, go } = waiting();
      const attempt = await first.run(aLaunch(command));
      // Answered after the acknowledgement before it, which would otherwise be refused.
      await first.driver.revive();
      const second = await fixture.startLater(first);
      const { error } = (await untilType(first, 'failed')) as { error: Error };
      expect(error).toMatchObject({ code: 'FRAMEWORK_FAILED_OVER' });
      await expect(first.driver.stop('teardown')).rejects.toMatchObject({
        code: 'TEARDOWN_FAILED',
        message: expect.stringContaining('the driver that has taken it over'),
      });
      await go();
      expect((await second.log.end(attempt.attemptId)).exitCode).toBe(4);
    });

    it('cannot go on as a framework that was ended, and says so', async () => {
      const first = await fixture.start();
      await first.driver.stop('teardown');
      expect(await fixture.frameworkIds()).not.toContain(first.driver.frameworkId);
      await expect(fixture.startLater(first)).rejects.toMatchObject({ code: 'FRAMEWORK_REMOVED' });
    });

    it('finds files on an agent that has made it no offer', async () => {
      const first = await fixture.start();
      const whole = await first.freshOffer();
      const launch = aLaunch('echo full; sleep 300', { resources: amountsOf(whole.resources) });
      const attempt = { attemptId: launch.attemptId, agentId: whole.agent.id };
      await first.driver.launch([whole.id], [launch]);
      await first.untilTail(attempt, 'full');
      await first.driver.stop('disconnect');

      const tailing = await fixture.startLater(first);
      expect(await tailing.driver.tailSandboxFile(attempt, 'stdout', 100)).toBe('full\n');
      await tailing.driver.stop('disconnect');

      const later = await fixture.startLater(first);
      await later.driver.reconcile([attempt]);
      const { sandbox = '' } = await later.log.update(attempt.attemptId, ['TASK_RUNNING']);
      expect(later.log.offers()).toEqual([]);
      expect((await fetch(sandbox)).status).toBe(200);
      await later.driver.kill(attempt, 0);
      await later.log.end(attempt.attemptId);
      expect(await later.driver.tailSandboxFile(attempt, 'stdout', 100)).toBe('full\n');
    });
  });

  describe('when parts of the cluster fail', () => {
    it.each([
      ['before the request', 'TASK_GONE'],
      ['before the answer', 'TASK_RUNNING'],
    ] as const)('cannot tell what a launch did that was cut off %s, but finds out', async (cut, state) => {
      const proxy = await CuttingProxy.start(fixture.cluster.url);
      try {
        const started = await fixture.start({ master: proxy.url });
        const { driver, log } = started;
        const offer = await log.offer();
        const launch = aLaunch('sleep 300');
        proxy.cut(cut, launch.attemptId);
        const before = log.length;
        await expect(driver.launch([offer.id], [launch])).rejects.toMatchObject({
          code: 'CALL_FATE_UNKNOWN',
        });
        // Without order on its connection for calls the session connects anew; then, as the scheduler does:
        await untilType(started, 'subscribed', before);
        await driver.reconcile([{ attemptId: launch.attemptId, agentId: offer.agent.id }]);
        await log.update(launch.attemptId, [state]);
        await log.offer(0, ({ id }) => id !== offer.id);
        await driver.stop('teardown');
      } finally {
        proxy.stop();
      }
    });

    it('sees the end of an attempt whose agent was killed and came back', async () => {
      const started = await fixture.start();
      const { command, go } = waiting();
      const attempt = await started.run(aLaunch(command));
      await theAgent().kill();
      await expect(started.driver.tailSandboxFile(attempt, 'stdout', 10)).rejects.toMatchObject({
        code: 'SANDBOX_UNREADABLE',
      });
      await theAgent().restart();
      await go();
      expect(await started.log.end(attempt.attemptId)).toMatchObject({ state: 'TASK_FAILED', exitCode: 4 });
      expect(await started.driver.tailSandboxFile(attempt, 'stdout', 10)).toBe('ready\n');
    });

    it('drops what is launched on an offer that was rescinded with its agent', async () => {
      const { driver, log } = await fixture.start();
      const offer = await log.offer();
      await theAgent().kill();
      await log.until('rescinded', (event) =>
        event.type === 'rescinded' && event.offerId === offer.id ? event : undefined,
      );
      const launch = aLaunch('true');
      await driver.launch([offer.id], [launch]);
      expect(await log.end(launch.attemptId)).toMatchObject({
        state: 'TASK_DROPPED',
        reason: 'REASON_INVALID_OFFERS',
      });
      await theAgent().restart();
    });

    it('tells that an agent is lost, and of it again once it is back', async () => {
      const { driver, log } = await fixture.start();
      const offer = await log.offer();
      const listed = (count: number, from: number) =>
        log.until(
          `${count} agents`,
          (event) => (event.type === 'agents' && event.agents.length === count ? event : undefined),
          from,
        );
      await listed(1, 0);
      theAgent().freeze();
      const agentId = await log.until('an agent to be lost', (event) =>
        event.type === 'agent-lost' ? event.agentId : undefined,
      );
      expect(agentId).toBe(offer.agent.id);
      const from = log.length;
      theAgent().thaw();
      const again = await log.offer(from);
      expect(again.agent.id).toBe(offer.agent.id);
      await listed(1, from);
      await driver.decline([again.id], 0);
    });

    it('connects again to a master that was killed and came back, and finds its attempts', async () => {
      const started = await fixture.start();
      const { driver, log } = started;
      const { command, go } = waiting();
      const attempt = await started.run(aLaunch(command));
      const offer = await started.freshOffer();
      const from = log.length;
      await fixture.cluster.killMaster();
      await untilType(started, 'disconnected', from);

      const launch = aLaunch('true');
      await driver.decline([offer.id], 1);
      await driver.launch([offer.id], [launch]);
      expect((await log.end(launch.attemptId)).state).toBe('TASK_DROPPED');
      await expect(driver.kill(attempt, 1)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });

      await fixture.cluster.restartMaster();
      const { frameworkId } = (await untilType(started, 'subscribed', from)) as { frameworkId: string };
      expect(frameworkId).toBe(driver.frameworkId);
      await untilRunning(started, attempt);
      await go();
      expect((await log.end(attempt.attemptId)).exitCode).toBe(4);
    });

    it('ends the framework also where the connection is lost just then', async () => {
      const started = await fixture.start();
      const from = started.log.length;
      await fixture.cluster.killMaster();
      await untilType(started, 'disconnected', from);
      const [stopped] = await Promise.allSettled([
        started.driver.stop('teardown'),
        fixture.cluster.restartMaster(),
      ]);
      expect(stopped.status).toBe('fulfilled');
      expect(await fixture.frameworkIds()).toEqual([]);
      await (await fixture.start()).freshOffer(noResources);
    });
  });
});

/** Asks until the agent has registered with the master, which has nothing to say before. */
const untilRunning = async (
  { driver, log }: StartedMesosDriver,
  attempt: { attemptId: string; agentId: string },
): Promise<void> => {
  const from = log.length;
  const asking = setInterval(() => void driver.reconcile([attempt]).catch(() => {}), 200);
  try {
    await log.update(attempt.attemptId, ['TASK_RUNNING'], from);
  } finally {
    clearInterval(asking);
  }
};

describe('MesosDriver without a master', () => {
  const nowhere = { master: '127.0.0.1:1', frameworkName: 'test' };

  it('says which master it could not reach', async () => {
    const driver = new MesosDriver({ ...nowhere, connectTimeoutSeconds: 0.2 });
    await expect(driver.start(() => {})).rejects.toMatchObject({
      code: 'MASTER_UNREACHABLE',
      message: expect.stringContaining('http://127.0.0.1:1'),
    });
    await driver.stop('teardown');
  });

  it('gives up when it is told to', async () => {
    const giveUp = new AbortController();
    const driver = new MesosDriver({ ...nowhere, signal: giveUp.signal });
    const starting = driver.start(() => {});
    giveUp.abort();
    await expect(starting).rejects.toMatchObject({ code: 'ABORTED' });
    const already = new MesosDriver({ ...nowhere, signal: AbortSignal.abort() });
    await expect(already.start(() => {})).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('refuses calls before start, and may be stopped', async () => {
    const driver = new MesosDriver(nowhere);
    await expect(driver.launch(['offer'], [aLaunch('true')])).rejects.toMatchObject({ code: 'NOT_STARTED' });
    await driver.stop('teardown');
  });

  it('refuses an address that is none, and a secret in it without telling it', () => {
    const make = (master: string) => () => new MesosDriver({ master, frameworkName: 'test' });
    expect(make('ftp://head')).toThrow('INVALID_MASTER_URL');
    expect(make('http://galaxy:hidden@head:5050')).toThrow(/^(?!.*hidden)/);
  });
});

describe.skipIf(!requireRealMesos())('MesosDriver on a master that wants a credential', () => {
  const right = { principal: 'galaxy', secret: 'correct horse' };
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mesos-driver-'));
    const credentials = join(folder, 'credentials.json');
    await writeFile(credentials, JSON.stringify({ credentials: [right] }), { mode: 0o600 });
    fixture = new MesosFixture(
      await startMesos({
        agents: [],
        masterFlags: {
          authenticate_http_frameworks: 'true',
          http_framework_authenticators: 'basic',
          credentials: `file://${credentials}`,
        },
      }),
    );
  });

  afterEach(() => fixture.stopDrivers());

  afterAll(async () => {
    await fixture.cluster.stop();
    await rm(folder, { recursive: true });
  });

  it('subscribes with the right one', async () => {
    const started = await fixture.start({ credential: right });
    expect(await fixture.frameworkIds()).toEqual([started.driver.frameworkId]);
  });

  it.each([
    ['a wrong one', { ...right, secret: 'battery staple' }],
    ['none', undefined],
  ])('says with %s that it was refused, and never the secret', async (_, credential) => {
    const starting = fixture.start(credential ? { credential } : {});
    const error: unknown = await starting.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toMatch(/staple|YmF0/);
  });
});
