import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bodyOf,
  headOf,
  type Line,
  recordedHead,
  recording,
  send,
  textOf,
} from '../test-helpers/recording.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import { ScriptedMaster } from './scripted-master.ts';

/**
 * Refusals that depend on what a cluster is, which is the test's to say; and 191, whose field the client's codec does
 * not name.
 */
const ofTheCluster = new Set([189, 190, 191, 192, 193, 194, 195, 196]);

const refusals = recording('04-refusals.jsonl').filter(({ n }) => n > 170 && !ofTheCluster.has(n));
const isPlain = ({ response }: Line) => response.records === undefined && response.status !== undefined;
const from = (to: string, lines: readonly Line[]) =>
  lines.filter((line) => line.from !== 'scheduler' && line.to === to && isPlain(line));

/** JSON bodies were recorded parsed. */
const wordsOf = (body: unknown): string =>
  typeof body === 'object' ? JSON.stringify(body) : String(body ?? '');

async function replay(url: string, { request, response: recorded }: Line) {
  const response = await send(url, request, bodyOf(request.body));
  const body = await textOf(response);
  return {
    expected: { ...recordedHead(recorded), body: wordsOf(recorded.body) },
    found: { ...headOf(response), body },
  };
}

describe('the recorded refusals of the operator API', () => {
  let master: ScriptedMaster;
  let locked: ScriptedMaster;
  let agent: ScriptedAgent;

  beforeAll(async () => {
    master = await ScriptedMaster.listen();
    locked = await ScriptedMaster.listen({ port: 0, credentials: { principals: { fw2: 's3cret2' } } });
    agent = await ScriptedAgent.listen();
  });

  afterAll(async () => {
    for (const one of [master, locked, agent]) await one.close();
  });

  it.each(from('master', refusals).filter(({ n }) => n < 208))(
    'are those of a scripted master: line $n, $note',
    async (line) => {
      const { expected, found } = await replay(master.url, line);
      expect(found).toStrictEqual(expected);
    },
  );

  it.each(from('agent', refusals))('are those of a scripted agent: line $n, $note', async (line) => {
    const { expected, found } = await replay(agent.url, line);
    expect(found).toStrictEqual(expected);
  });

  it.each(from('master', refusals).filter(({ n }) => n > 208))(
    'are those of a master that authenticates: line $n, $note',
    async (line) => {
      const { expected, found } = await replay(locked.url, line);
      const own = JSON.stringify(expected).replaceAll('127.0.0.1:5050', locked.host);
      expect(JSON.stringify(found)).toBe(own);
    },
  );
});

describe('the recorded leaders', () => {
  const lines = recording('09-leaders.jsonl');
  /** Endpoints that tell of a process rather than of a cluster. */
  const isScripted = ({ request }: Line) => !/flags|metrics|files/.test(request.path);
  const standby = lines.filter(
    (line) => line.n >= 38 && line.n <= 53 && line.to === 'master2' && isPlain(line) && isScripted(line),
  );
  const leaderless = lines.filter(({ n, response }) => n <= 20 && response.status === 503);
  let leader: ScriptedMaster;
  let other: ScriptedMaster;

  beforeAll(async () => {
    leader = await ScriptedMaster.listen();
    other = await ScriptedMaster.listen();
  });

  afterAll(async () => {
    for (const one of [leader, other]) await one.close();
  });

  it('are there in the recording', () => {
    expect(Math.min(standby.length, leaderless.length)).toBeGreaterThan(12);
  });

  it.each(standby)('answer as a scripted master that follows: line $n, $note', async (line) => {
    other.follow(leader);
    const { expected, found } = await replay(other.url, line);
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected).replaceAll('127.0.0.1:5050', leader.host));
  });

  it.each(leaderless)('answer as a scripted master without a leader: line $n, $note', async (line) => {
    other.loseLeader();
    const { expected, found } = await replay(other.url, line);
    expect(found).toStrictEqual(expected);
  });
});

describe('the recorded start of a master', () => {
  it('is 404 and 503 for a while', async () => {
    await using master = await ScriptedMaster.listen();
    const [booting] = recording('04-refusals.jsonl').filter(({ response }) => response.status === 404);
    const [recovering] = recording('10-recovering-agents.jsonl').filter(
      ({ response }) => response.status === 503,
    );
    if (!booting || !recovering) throw new Error('the recordings have no such lines');
    master.boot();
    const first = await replay(master.url, booting);
    expect(first.found).toStrictEqual(first.expected);
    master.recover();
    const second = await replay(master.url, recovering);
    expect(second.found).toStrictEqual(second.expected);
  });
});

describe('the recorded updates of an executor', () => {
  const lines = recording('07-executor.jsonl').filter(
    (line) => line.from === 'executor ex-1' && isPlain(line),
  );

  it.each(lines)('are answered by a scripted agent: line $n, $note', async (line) => {
    await using agent = await ScriptedAgent.listen();
    const { framework_id, executor_id } = line.request.body as {
      readonly framework_id: { readonly value: string };
      readonly executor_id: { readonly value: string };
    };
    const expected = {
      frameworkInfo: { user: 'root', name: 'test', id: framework_id },
      executorInfo: { executor_id },
    };
    agent.expectExecutor(expected);
    const body = bodyOf({ type: 'SUBSCRIBE', framework_id, executor_id, subscribe: {} });
    const stream = await send(agent.url, line.request, body);
    stream.on('error', () => {});
    await agent.nextSubscription();
    const answer = await replay(agent.url, line);
    expect(answer.found).toStrictEqual(answer.expected);
    stream.destroy();
  });
});

describe('the recorded containers', () => {
  it('are launched, attached to, killed and removed alike', async () => {
    await using agent = await ScriptedAgent.listen();
    const lines = recording('06-operator.jsonl').filter(
      (line) =>
        line.to === 'agent' &&
        line.n >= 63 &&
        line.n <= 78 &&
        isPlain(line) &&
        ![66, 74, 75].includes(line.n),
    );
    const { request } = lines[0] ?? {};
    const launch = request?.body as {
      readonly launch_nested_container: {
        readonly container_id: { readonly parent: { readonly value: string } };
      };
    };
    agent.operator.addContainer(launch.launch_nested_container.container_id.parent.value);
    const answers = [];
    for (const line of lines) answers.push({ n: line.n, ...(await replay(agent.url, line)) });
    expect(answers.map(({ n, found }) => ({ n, found }))).toStrictEqual(
      answers.map(({ n, expected }) => ({ n, found: expected })),
    );
    expect(answers).toHaveLength(12);
  });
});
