import assert from 'node:assert/strict';
import type { BatchJobReport, Dialect, QueueAnswer, StatusOutcome } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import { ended, garbage, missing, silence } from '../answers.ts';
import type { DialectClaims, QueuedJob } from '../claims.ts';
import { assertShowable } from '../expectations.ts';
import { type Law, law } from '../law.ts';

type Parse = (answer: QueueAnswer) => StatusOutcome;

/** Laws of what is said about jobs. */
export const lawsOfStatuses = (dialect: Dialect, claims: DialectClaims): readonly Law[] => [
  ...lawsOfAnswers(`${dialect.name}`, (answer) => dialect.statuses(answer), claims.statuses, claims),
  ...(dialect.ended
    ? lawsOfAnswers(`${dialect.name}, asked for ends,`, dialect.ended, claims.endings ?? [], claims)
    : []),
  ...claims.noNews.map(({ title, answer }) =>
    law(`${dialect.name} has no news where ${title}`, () => {
      assert.equal(told(dialect.statuses, answer).kind, 'no-news');
    }),
  ),
  law(
    `${dialect.name} ${claims.silenceIsNoJob ? 'knows that there is no job' : 'has no news'} where nothing is said`,
    () => {
      const outcome = told(dialect.statuses, silence);
      if (claims.silenceIsNoJob) assert.deepEqual(outcome, { kind: 'known', batchJobs: [] });
      else assert.equal(outcome.kind, 'no-news');
    },
  ),
  law(`${dialect.name} tells every job of an answer, with its whole name, whatever stands beside it`, () => {
    fc.assert(
      fc.property(jobsOf(claims), (jobs) => {
        const reports = known(told(dialect.statuses, claims.statusOf(jobs)));
        assert.deepEqual(
          reports.map(({ id }) => id),
          jobs.map(({ id }) => id),
        );
        for (const [index, job] of jobs.entries()) assertOf(job, reports[index], claims);
      }),
      { numRuns: 50 },
    );
  }),
  law(`${dialect.name} says of jobs that are asked for in groups what it says of all at once`, () => {
    fc.assert(
      fc.property(jobsOf(claims), fc.integer({ min: 1, max: 7 }), (jobs, size) => {
        const groups = Array.from({ length: Math.ceil(jobs.length / size) }, (_, index) =>
          jobs.slice(index * size, (index + 1) * size),
        );
        const apart = groups.flatMap((group) => known(told(dialect.statuses, claims.statusOf(group))));
        assert.deepEqual(apart, known(told(dialect.statuses, claims.statusOf(jobs))));
      }),
      { numRuns: 50 },
    );
  }),
  law(`${dialect.name} takes a state that it does not know for no end`, () => {
    for (const state of ['FLOATING', 'nosuch', '?', 'Zz', '-', '4711', 'done?', '']) {
      const outcome = told(
        dialect.statuses,
        claims.statusOf([{ id: claims.idOf(7), name: 'gm-lab-a-b', state }]),
      );
      const kinds = outcome.kind === 'known' ? outcome.batchJobs.map((report) => report.state.kind) : [];
      assert(!kinds.includes('ended'), `the state ${JSON.stringify(state)} is told as an end`);
      assert(
        kinds.length > 0 || outcome.kind === 'no-news',
        `a job in the state ${JSON.stringify(state)} is left out`,
      );
    }
  }),
  law(`${dialect.name} asks with one command, for a user whose name is not told to a shell`, () => {
    const query = { user: 'lab', ids: [claims.idOf(1), claims.idOf(2)], namePrefix: 'gm-lab-' };
    const command = dialect.status(query);
    assert.deepEqual(dialect.status({ ...query }), command);
    assertCommand(command.program, command.arguments);
    const user = '$(touch hostile)';
    const hostile = dialect.status({ ...query, user }).arguments;
    const inside = hostile.filter((argument) => argument.includes(user) && argument !== user);
    assert(
      !command.program.endsWith('sh') || inside.length === 0,
      `the user stands in a script: ${inside[0]}`,
    );
  }),
];

function assertCommand(program: string, words: readonly string[]): void {
  assert.match(program, /^[\w./-]+$/);
  for (const word of words) assert(!word.includes('\u0000'), `a NUL byte in an argument of ${program}`);
}

const lawsOfAnswers = (
  who: string,
  parse: Parse,
  samples: DialectClaims['statuses'],
  { showsItsEnd }: DialectClaims,
): readonly Law[] => [
  ...samples.map(({ title, answer, states }) =>
    law(`${who} knows the states of ${title}`, () => {
      const reports = known(told(parse, answer));
      assert.deepEqual(Object.fromEntries(reports.map(({ id, state }) => [id, state.kind])), states);
    }),
  ),
  law(`${who} has no news where the command was ended, is missing, or failed`, () => {
    for (const { answer } of samples) assert.equal(told(parse, ended(answer)).kind, 'no-news');
    assert.equal(told(parse, ended(silence)).kind, 'no-news');
    assert.equal(told(parse, missing).kind, 'no-news');
    const failed = { exitCode: 1, stdout: '', stderr: 'no such luck\n' };
    assert.equal(told(parse, failed).kind, 'no-news');
  }),
  law(`${who} has no news in an answer that means nothing`, () => {
    fc.assert(
      fc.property(garbage, (answer) => {
        const outcome = told(parse, answer);
        assert.equal(outcome.kind, 'no-news', JSON.stringify(outcome));
      }),
    );
  }),
  law(`${who} makes nothing up of an answer that was cut`, () => {
    for (const sample of samples) assertCutsTellNothingNew(parse, sample.answer, showsItsEnd);
  }),
];

/** A cut answer has at most what the whole has: no other job, and no other state. */
function assertCutsTellNothingNew(parse: Parse, answer: QueueAnswer, showsItsEnd: boolean): void {
  const whole = new Map(known(parse(answer)).map((report) => [report.id, report]));
  const length = answer.stdout.trimEnd().length;
  if (length === 0) return;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: length - 1 }), (end) => {
      const outcome = told(parse, { ...answer, stdout: answer.stdout.slice(0, end) });
      if (showsItsEnd)
        assert.equal(outcome.kind, 'no-news', `an answer of which ${length - end} characters are missing`);
      if (outcome.kind === 'no-news') return;
      for (const report of outcome.batchJobs) assertKnown(report, whole);
    }),
  );
}

function assertKnown(report: BatchJobReport, whole: ReadonlyMap<string, BatchJobReport>): void {
  const { id, state } = report;
  if (state.kind === 'unknown') return;
  assert.equal(state.kind, whole.get(id)?.state.kind, `the job ${id} of an answer that was cut`);
}

const jobsOf = ({ idOf, states }: DialectClaims): fc.Arbitrary<readonly QueuedJob[]> =>
  fc
    .array(
      fc.record({
        name: fc
          .string({ unit: fc.constantFrom(...'abcxyz01-_'), maxLength: 60 })
          .map((rest) => `gm-${rest}`),
        state: fc.constantFrom(states.waiting ?? states.running, states.running),
      }),
      { minLength: 1, maxLength: 40 },
    )
    .map((jobs) => jobs.map((job, index) => ({ ...job, id: idOf(index + 1) })));

function assertOf(job: QueuedJob, report: BatchJobReport | undefined, { states }: DialectClaims): void {
  assert(report, `the job ${job.id} is left out`);
  if (report.name !== undefined) assert.equal(report.name, job.name);
  assert.equal(report.state.kind, job.state === states.waiting ? 'waiting' : 'running');
}

/** What is made of an answer, twice. */
function told(parse: Parse, answer: QueueAnswer): StatusOutcome {
  const outcome = parse(answer);
  assert.deepEqual(parse({ ...answer }), outcome);
  assertShowable(outcome, 'what is told of jobs');
  return outcome;
}

function known(outcome: StatusOutcome): readonly BatchJobReport[] {
  assert(
    outcome.kind === 'known',
    `expected states of jobs, and there were no news: ${JSON.stringify(outcome)}`,
  );
  return outcome.batchJobs;
}
