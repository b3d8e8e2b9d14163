import { getEventListeners } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalDriver } from '@galaxy-mesos/drivers';
import { failOnExitCode, type Job } from '@galaxy-mesos/galaxy-jobs';
import { type JobEvent, type JobOutcome, runJob } from '@galaxy-mesos/job-runner';
import { openJobStore } from '@galaxy-mesos/job-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

// Real processes of this machine, a real store, and jobs whose unsplit run is the measure.

let root: string;
let directory: string;
let input: string;
const destination = () => path.join(root, 'result.txt');
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "runner it's "));
  directory = path.join(root, 'job');
  input = path.join(root, 'genes.fasta');
  const records = Array.from({ length: 40 }, (_, index) => `>gene${index}\n${'ACGT'.repeat(index)}\n`);
  writeFileSync(input, records.join(''));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A job that runs `command` on parts of five records each, eight in all. */
function splitJob(command: string, changes: Partial<Job> = {}): Job {
  const { size, mtimeMs } = statSync(input);
  return {
    id: 'job-1',
    name: 'test',
    command,
    shell: '/bin/sh',
    standardOutput: 'result.txt',
    inputs: [{ name: 'genes', path: input, size, modifiedAt: mtimeMs, partName: 'part.fasta' }],
    outputs: [
      {
        name: 'result',
        file: 'result.txt',
        whenMissing: 'fail',
        destination: destination(),
        merges: [{ merge: 'concat' }],
      },
    ],
    environment: { LOG: path.join(root, 'log') },
    resources: { cpus: 1, mem: 32, disk: 0 },
    retries: 0,
    stdio: failOnExitCode,
    split: {
      alternatives: [
        { by: [{ strategy: 'records', inputs: ['genes'], parameters: { format: 'fasta', size: 5 } }] },
      ],
    },
    ...changes,
  };
}

interface Running {
  readonly outcome: Promise<JobOutcome>;
  readonly events: JobEvent[];
  readonly abort: AbortController;
}

/** Begins to run a job with a driver and a store of its own, as a command line does that is called again. */
function begin(job: Job, onEvent: (event: JobEvent, abort: AbortController) => void = () => {}): Running {
  const abort = new AbortController();
  const events: JobEvent[] = [];
  const outcome = (async () => {
    const store = await openJobStore(path.join(root, 'job.sqlite'));
    try {
      if ((await store.jobs()).length === 0) await store.addJob(job);
      return await runJob({
        job,
        directory,
        driver: new LocalDriver({
          sandboxRoot: path.join(directory, 'attempts'),
          resources: { cpus: 2, mem: 256, disk: 100 },
        }),
        tasks: store.taskStore('local'),
        states: store,
        listener: (event) => {
          events.push(event);
          onEvent(event, abort);
        },
        signal: abort.signal,
        keepParts: false,
      });
    } finally {
      await store.close();
    }
  })();
  return { outcome, events, abort };
}

const lines = (file: string): string[] =>
  readFileSync(path.join(root, file), 'utf8').split('\n').slice(0, -1);

const stateOfJob = async (): Promise<string | undefined> => {
  const store = await openJobStore(path.join(root, 'job.sqlite'));
  const state = (await store.jobs())[0]?.state;
  await store.close();
  return state;
};

const reverseComplement = `awk '/^>/{print;next}{s="";for(i=length;i;i--)s=s substr($0,i,1);print s}' part.fasta`;

describe('a job on this machine', () => {
  test('that is split makes the same bytes as one that is not', async () => {
    const { split: _split, ...unsplit } = splitJob(
      reverseComplement.replace('part.fasta', `'${input.replaceAll("'", "'\\''")}'`),
    );
    const whole = begin(unsplit);
    expect(await whole.outcome).toMatchObject({ state: 'ok', counts: { total: 1 } });
    const expected = readFileSync(destination());
    rmSync(destination());
    rmSync(path.join(root, 'job.sqlite'));
    rmSync(directory, { recursive: true });
    const { outcome, events, abort } = begin(splitJob(reverseComplement));
    expect(await outcome).toMatchObject({
      state: 'ok',
      counts: { total: 9, finished: 9 },
      results: [{ output: 'result', size: expected.length }],
    });
    expect(readFileSync(destination()).equals(expected)).toBe(true);
    expect(events.find(({ type }) => type === 'planned')).toMatchObject({
      tasks: 8,
      resumed: 0,
      records: 40,
    });
    expect(await stateOfJob()).toBe('ok');
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  test('that fails in one part lets the others end that run, delivers nothing, and says why', async () => {
    // Parts run two by two; the second waits until the first has failed, and ends well.
    const command = `case "$GALAXY_MESOS_TASK_ID" in
      *-000000) echo 'no such gene' >&2; touch "$LOG.failed"; exit 4 ;;
      *-000001) until [ -e "$LOG.failed" ]; do sleep 0.05; done; sleep 0.3; cat part.fasta ;;
      *) cat part.fasta ;;
    esac`;
    const first = begin(splitJob(command));
    const failed = await first.outcome;
    expect(failed).toMatchObject({
      state: 'error',
      failures: [{ task: 'part 1', exitCode: 4, attempts: 1, stderr: 'no such gene\n' }],
    });
    expect(failed.counts.finished).toBeGreaterThanOrEqual(1);
    expect([failed.counts.active, failed.counts.failed]).toEqual([0, 1]);
    expect(readdirSync(root)).not.toContain('result.txt');
    expect(await stateOfJob()).toBe('error');
    const { outcome, events } = begin(splitJob('cat part.fasta'));
    expect(await outcome).toMatchObject({ state: 'ok' });
    expect(events.find(({ type }) => type === 'planned')).toMatchObject({
      resumed: failed.counts.finished,
    });
    expect(readFileSync(destination()).equals(readFileSync(input))).toBe(true);
  });

  test('that is interrupted goes on later without doing again what is done', async () => {
    const command = 'echo "$GALAXY_MESOS_TASK_ID" >> "$LOG"; [ -e "$LOG.fast" ] || sleep 0.2; cat part.fasta';
    let finished = 0;
    const first = begin(splitJob(command), (event, abort) => {
      if (event.type === 'task' && event.state === 'finished' && ++finished === 3) abort.abort();
    });
    const interrupted = await first.outcome;
    expect(interrupted.state).toBe('interrupted');
    expect(interrupted.counts.active).toBe(0);
    expect(await stateOfJob()).toBe('queued');
    const done = interrupted.counts.finished;
    const begun = lines('log').length;
    writeFileSync(path.join(root, 'log.fast'), '');
    const second = begin(splitJob(command));
    expect(await second.outcome).toMatchObject({ state: 'ok', counts: { total: 9, finished: 9 } });
    expect(second.events.find(({ type }) => type === 'planned')).toMatchObject({ tasks: 8, resumed: done });
    expect(lines('log').length - begun).toBe(8 - done);
    expect(readFileSync(destination()).equals(readFileSync(input))).toBe(true);
    expect(getEventListeners(first.abort.signal, 'abort')).toEqual([]);
  });

  test('that is interrupted while its parts are joined goes on with the joining', async () => {
    const first = begin(
      splitJob('echo "$GALAXY_MESOS_TASK_ID" >> "$LOG"; cat part.fasta'),
      (event, abort) => {
        if (event.type === 'merging') abort.abort();
      },
    );
    expect(await first.outcome).toMatchObject({ state: 'interrupted', counts: { finished: 8, waiting: 1 } });
    const second = begin(splitJob('false'));
    expect(await second.outcome).toMatchObject({ state: 'ok' });
    expect(lines('log')).toHaveLength(8);
    expect(readFileSync(destination()).equals(readFileSync(input))).toBe(true);
  });

  test('is refused if its input was changed, before it began or while it ran', async () => {
    const job = splitJob('cat part.fasta');
    appendFileSync(input, '>more\nACGT\n');
    await expect(begin(job).outcome).rejects.toMatchObject({ code: 'INPUT_CHANGED', path: input });
    const late = begin(splitJob('cat part.fasta'), (event) => {
      if (event.type === 'merging') appendFileSync(input, '>more\nACGT\n');
    });
    await expect(late.outcome).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    expect(readdirSync(root)).not.toContain('result.txt');
  });

  test('is gone on with on new terms: its tasks get what is asked for now', async () => {
    const command = 'echo "$TERMS" >> "$LOG"; cat part.fasta';
    const poor = splitJob(command, { resources: { cpus: 4, mem: 32, disk: 0 } });
    expect(await begin(poor).outcome).toMatchObject({
      state: 'error',
      failures: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('it asks for 4 cpus') }),
      ]),
    });
    const rich = splitJob(command, {
      environment: { LOG: path.join(root, 'log'), TERMS: 'new' },
      retries: 1,
    });
    expect(await begin(rich).outcome).toMatchObject({ state: 'ok' });
    expect(lines('log')).toEqual(Array(8).fill('new'));
  });
});
