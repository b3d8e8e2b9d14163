import assert from 'node:assert/strict';
import type { Dialect, QueueAnswer, SubmitOutcome, TrialOutcome } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import { ended, garbage, missing, silence } from '../answers.ts';
import type { DialectClaims } from '../claims.ts';
import { assertShowable } from '../expectations.ts';
import { type Law, law } from '../law.ts';

/** Laws of what submits answer. */
export const lawsOfSubmits = (dialect: Dialect, claims: DialectClaims): readonly Law[] => [
  ...claims.accepted.map(({ title, answer, id }) =>
    law(`${dialect.name} finds the id in the answer to a submit: ${title}`, () => {
      assert.deepEqual(submitted(dialect, answer), { kind: 'accepted', id });
    }),
  ),
  ...claims.refused.map(({ title, answer, kind }) =>
    law(`${dialect.name} knows a submit as refused: ${title}`, () => {
      const outcome = submitted(dialect, answer);
      assert(outcome.kind === 'refused', `expected a refusal, and it was ${JSON.stringify(outcome)}`);
      assert.equal(outcome.problem.kind, kind, outcome.problem.text);
      assert.notEqual(outcome.problem.text, '', 'a refusal has words');
    }),
  ),
  ...(claims.unclear ?? []).map(({ title, answer }) =>
    law(`${dialect.name} does not know what came of a submit: ${title}`, () => {
      assert.equal(submitted(dialect, answer).kind, 'unclear');
    }),
  ),
  law(`${dialect.name} does not know what came of a submit that was ended`, () => {
    for (const { answer } of claims.accepted) assert.equal(submitted(dialect, ended(answer)).kind, 'unclear');
    assert.equal(submitted(dialect, ended(silence)).kind, 'unclear');
  }),
  law(`${dialect.name} does not know what came of a submit that says nothing`, () => {
    assert.equal(submitted(dialect, silence).kind, 'unclear');
  }),
  law(`${dialect.name} takes a failed submit for no job, whatever it prints`, () => {
    for (const { answer } of claims.accepted)
      assert.notEqual(submitted(dialect, { ...answer, exitCode: 1 }).kind, 'accepted');
  }),
  law(`${dialect.name} finds no job in an answer that means nothing`, () => {
    fc.assert(
      fc.property(garbage, (answer) => {
        assert.notEqual(submitted(dialect, answer).kind, 'accepted');
      }),
    );
  }),
  law(`${dialect.name} says what to do where the command is missing`, () => {
    const outcome = submitted(dialect, missing);
    assert(outcome.kind === 'refused', `expected a refusal, and it was ${JSON.stringify(outcome)}`);
    assert.equal(outcome.problem.kind, 'configuration');
    assert(outcome.problem.advice, 'there is no advice');
  }),
  ...(dialect.tried ? lawsOfTrials(dialect, claims, dialect.tried) : []),
];

/** What the dialect makes of an answer, twice, so that nothing of the first time is left. */
function submitted(dialect: Dialect, answer: QueueAnswer): SubmitOutcome {
  const outcome = dialect.submitted(answer);
  assert.deepEqual(dialect.submitted({ ...answer }), outcome);
  assertShowable(outcome, 'the outcome of a submit');
  return outcome;
}

type Tried = (answer: QueueAnswer) => TrialOutcome;

const lawsOfTrials = (dialect: Dialect, { trials = [] }: DialectClaims, tried: Tried): readonly Law[] => [
  ...trials.map(({ title, answer, kind }) =>
    law(`${dialect.name} knows a trial as ${kind}: ${title}`, () => {
      const outcome = tried(answer);
      assert.equal(outcome.kind, kind, JSON.stringify(outcome));
      assertShowable(outcome, 'the outcome of a trial');
    }),
  ),
  law(`${dialect.name} calls no trial fine that was ended, failed or means nothing`, () => {
    for (const { answer } of trials) {
      assert.notEqual(tried(ended(answer)).kind, 'fine');
      assert.notEqual(tried({ ...answer, exitCode: 1 }).kind, 'fine');
    }
    assert.equal(tried(missing).kind, 'refused');
    fc.assert(
      fc.property(garbage, (answer) => {
        const outcome = tried(answer);
        assertShowable(outcome, 'the outcome of a trial');
        if (answer.exitCode !== 0) assert.notEqual(outcome.kind, 'fine');
      }),
    );
  }),
];
