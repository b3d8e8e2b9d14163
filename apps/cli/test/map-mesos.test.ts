import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { directoryForTest, eventsIn, fasta, galaxyMesos, linesOf, start } from './command.ts';
import { finishedTasks } from './state.ts';

const records = 40;

let mesos: RealMesos;
let cwd: string;
let log: string;

interface MasterAnswer {
  readonly get_frameworks?: { readonly frameworks?: readonly unknown[] };
  readonly get_tasks?: {
    readonly completed_tasks?: readonly { readonly status_update_state?: string; readonly state: string }[];
  };
}

async function ask(type: string): Promise<MasterAnswer> {
  const response = await fetch(`${mesos.url}/api/v1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ type }),
  });
  return (await response.json()) as MasterAnswer;
}

/** How many frameworks are registered with the master. */
const frameworks = async (): Promise<number> =>
  (await ask('GET_FRAMEWORKS')).get_frameworks?.frameworks?.length ?? 0;

/** The tasks that have come to an end, and whether their last update was acknowledged. */
async function endedTasks(): Promise<readonly boolean[]> {
  const tasks = (await ask('GET_TASKS')).get_tasks?.completed_tasks ?? [];
  // The state of the last update that was acknowledged lags behind that of the task, until it was.
  return tasks.map(({ state, status_update_state }) => state === status_update_state);
}

/** The framework ids under which a run was registered, whose last line may be cut off. */
const frameworkIds = (stdout: string): unknown[] =>
  eventsIn(stdout.slice(0, stdout.lastIndexOf('\n'))).flatMap(({ event, frameworkId }) =>
    event === 'subscribed' ? [frameworkId] : [],
  );

const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');

const command = (before = ''): string =>
  `${before} sed s/ACG/x/ {input} > {output} && echo $GALAXY_MESOS_TASK_ID >> '${log}'`;
/** Lets the part with the last record wait for the file `go`, so that a run is not over before it was disturbed. */
const untilGo = (): string =>
  `! grep -q 'r${records - 1}$' {input} || until [ -e '${cwd}/go' ]; do sleep 0.1; done; sleep 0.2;`;
/** Lets parts wait, a dozen for each of the files `stage-0`, `stage-1` and so on. */
const inStages = (): string =>
  `record=$(sed -n 's/^>r//p' {input}); until [ -e '${cwd}'/stage-$((record / 12)) ]; do sleep 0.1; done; sleep 0.2;`;
const mapWords = (text: string, ...options: string[]): string[] => [
  ...['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', '--cpus', '0.5', '--mem', '32'],
  ...[...options, '--', text],
];
const onMesos = (words: readonly string[]) => [...words.slice(0, 1), '--mesos', mesos.url, ...words.slice(1)];
const resumed = (words: readonly string[]) => words.toSpliced(1, 0, '--resume');
const expected = fasta(records).replaceAll(/^ACG/gm, 'x');
const finishedParts = (printed: string): number => printed.split('"state":"finished"').length - 1;

describe.skipIf(!requireRealMesos())('galaxy-mesos on a real Mesos', () => {
  beforeAll(async () => {
    const resources = 'cpus:2;mem:1024;disk:1024';
    mesos = await startMesos({ agents: [{ resources }, { resources }], separateProcesses: true });
  });
  afterAll(() => mesos?.stop());
  beforeEach(() => {
    cwd = directoryForTest();
    log = path.join(cwd, 'log');
    writeFileSync(log, '');
    writeFileSync(path.join(cwd, 'reads.fa'), fasta(records));
  });

  it('gives the same bytes as this machine, uses both agents, acknowledges all, leaves no framework', async () => {
    expect((await galaxyMesos(mapWords(command()), { cwd })).code).toBe(0);
    expect(read('o')).toBe(expected);
    const onBoth = await galaxyMesos(onMesos(mapWords(command(), '--json')), { cwd });
    expect({ code: onBoth.code, stderr: onBoth.stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('o')).toBe(expected);
    const agents = eventsIn(onBoth.stdout).flatMap(({ agentId }) => (agentId === undefined ? [] : [agentId]));
    expect(new Set(agents).size).toBe(2);
    expect(await frameworks()).toBe(0);
    expect(await endedTasks()).toEqual(Array.from({ length: records + 1 }, () => true));
    expect(processesBelow(cwd)).toEqual([]);
  });

  it('takes the master from MESOS_URL, and tells it to the tasks', async () => {
    const words = [
      'map',
      '--input',
      'reads.fa',
      '--parts',
      '1',
      '--output',
      'o',
      '--',
      'echo $MESOS_URL; : {input}',
    ];
    const environment = { MESOS_URL: mesos.url.replace('http://', '') };
    expect((await galaxyMesos(words, { cwd, environment })).code).toBe(0);
    expect(read('o')).toMatch(/:\d+\n$/);
    const response = await fetch(
      new URL('/health', /^http/.test(read('o')) ? read('o').trim() : `http://${read('o').trim()}`),
    );
    expect(response.status).toBe(200);
  });

  it('shows what a failed task wrote on stderr on its agent, and where its sandbox is', async () => {
    const text = 'if grep -q r7 {input}; then echo "r7 is bad" >&2; exit 5; fi; cat {input}';
    const { code, stderr } = await galaxyMesos(onMesos(mapWords(text)), { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^galaxy-mesos: part 8 failed: exit code 5\n {2}its stderr ends with:\n {4}r7 is bad\n {2}sandbox: http:/,
    );
    const sandbox = / {2}sandbox: (\S+) on /.exec(stderr)?.[1] ?? '';
    expect(await (await fetch(sandbox)).text()).toContain('stderr');
    expect(await frameworks()).toBe(0);
  });

  it('ends its tasks and its framework on Ctrl-C, and goes on with --resume', async () => {
    const words = onMesos(
      mapWords(command('[ -e ../../../go ] || ! grep -q r9 {input} || sleep 60;'), '--json'),
    );
    const run = start(words, { cwd });
    await run.until((printed) => finishedParts(printed) >= 5);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended();
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted: \d+ of 40 tasks are done\nTo go on:\n/);
    expect(await frameworks()).toBe(0);
    expect(processesBelow(cwd)).toEqual([]);
    // What had ended but was not heard of when the framework was torn down is not known to be done.
    const done = new Set(finishedTasks(path.join(cwd, '.o.galaxy-mesos')));
    expect(done.size).toBeGreaterThanOrEqual(5);
    writeFileSync(log, '');
    writeFileSync(path.join(cwd, 'go'), '');
    expect((await galaxyMesos(resumed(words), { cwd })).code).toBe(0);
    expect(read('o')).toBe(expected);
    expect(linesOf(read('log')).filter((id) => done.has(id))).toEqual([]);
  });

  it('goes on after kill -9 as the same framework, and runs nothing again that was done', async () => {
    const words = onMesos(mapWords(command(inStages()), '--json'));
    const ids = new Set<unknown>();
    for (let kills = 0; kills < 3; kills++) {
      writeFileSync(path.join(cwd, `stage-${kills}`), '');
      const going = start(kills === 0 ? words : resumed(words), { cwd });
      await going.until((printed) => finishedParts(printed) >= 6);
      const { stdout } = await going.killed();
      for (const id of frameworkIds(stdout)) ids.add(id);
      const done = finishedTasks(path.join(cwd, '.o.galaxy-mesos'));
      appendFileSync(log, done.map((id) => `had ${id}\n`).join(''));
    }
    writeFileSync(path.join(cwd, 'stage-3'), '');
    const { code, stdout, stderr } = await galaxyMesos(resumed(words), { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const id of frameworkIds(stdout)) ids.add(id);
    expect(ids.size).toBe(1);
    expect(read('o')).toBe(expected);
    const ended = linesOf(read('log')).filter((line) => !line.startsWith('had '));
    expect(ended.toSorted()).toEqual([...new Set(ended)].toSorted());
    expect(ended).toHaveLength(records);
    expect(await frameworks()).toBe(0);
    expect(await endedTasks()).not.toContain(false);
  });

  it('begins anew with --restart, and ends the framework of the run that was killed', async () => {
    const words = onMesos(mapWords(command('sleep 60;'), '--json'));
    const run = start(words, { cwd });
    await run.until((printed) => printed.includes('"active"'));
    await run.killed();
    expect(await frameworks()).toBe(1);
    const other = onMesos(mapWords(command(), '--restart'));
    expect(await galaxyMesos(other, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(read('o')).toBe(expected);
    expect(await frameworks()).toBe(0);
    expect(processesBelow(cwd)).toEqual([]);
  });

  it('survives that the master is killed and comes back', async () => {
    const run = start(onMesos(mapWords(command(untilGo()), '--json')), { cwd });
    await run.until((printed) => finishedParts(printed) >= 4);
    await mesos.killMaster();
    await run.until((printed) => printed.includes('connection lost, connecting again'));
    writeFileSync(path.join(cwd, 'go'), '');
    await mesos.restartMaster();
    const { code } = await run.ended();
    expect(code).toBe(0);
    expect(read('o')).toBe(expected);
    expect(new Set(linesOf(read('log'))).size).toBe(records);
    expect(await frameworks()).toBe(0);
  });

  it('is all well to the doctor', async () => {
    const { code, stdout } = await galaxyMesos(['doctor', '--mesos', mesos.url], { cwd });
    expect(stdout).toMatch(/^ok {2}master +http:\S+ answers: Mesos 1\.11\.0$/m);
    expect(stdout).toMatch(/^ok {2}agents +2 active; free: 4 of 4 cpus, 2048 of 2048 MiB of memory$/m);
    expect(stdout).toMatch(/^ok {2}shared path +all 2 agents see the work directory$/m);
    expect(code).toBe(0);
    expect(await frameworks()).toBe(0);
  });
});
