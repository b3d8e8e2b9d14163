import assert from 'node:assert/strict';
import type { CancelOutcome, Dialect, QueueAnswer } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import { ended, garbage, missing, silence } from '../answers.ts';
import type { DialectClaims } from '../claims.ts';
import { assertShowable } from '../expectations.ts';
import { type Law, law } from '../law.ts';

/** Laws of how jobs are ended, and of what is looked at before there are any. */
export const lawsOfCancels = (dialect: Dialect, claims: DialectClaims): readonly Law[] => [
  law(`${dialect.name} names each job that is to end, and no other`, () => {
    const ids = [claims.idOf(3), claims.idOf(12), claims.idOf(5)];
    for (const command of [dialect.stop(ids), dialect.cancel(ids)]) {
      const words = command.arguments.flatMap((argument) => argument.split(/[\s,]+/));
      for (const id of ids) assert(words.includes(id), `${id} is no word of ${JSON.stringify(command)}`);
      assert(!words.includes(claims.idOf(4)));
    }
    assert.deepEqual(dialect.cancel([...ids]), dialect.cancel(ids));
    assert.deepEqual(dialect.stop([...ids]), dialect.stop(ids));
  }),
  ...claims.told.map(({ title, answer }) =>
    law(`${dialect.name} is content after a cancel: ${title}`, () => {
      assert.deepEqual(cancelled(dialect, answer), { kind: 'told' });
    }),
  ),
  ...claims.notTold.map(({ title, answer }) =>
    law(`${dialect.name} has jobs cancelled again after ${title}`, () => {
      assert.equal(cancelled(dialect, answer).kind, 'no-news');
    }),
  ),
  law(
    `${dialect.name} has jobs cancelled again after a command that was ended, is missing, or means nothing`,
    () => {
      for (const { answer } of claims.told) assert.equal(cancelled(dialect, ended(answer)).kind, 'no-news');
      assert.equal(cancelled(dialect, ended(silence)).kind, 'no-news');
      assert.equal(cancelled(dialect, missing).kind, 'no-news');
      fc.assert(
        fc.property(garbage, (answer) => {
          const { kind } = cancelled(dialect, answer);
          if (answer.exitCode !== 0) assert.equal(kind, 'no-news');
        }),
      );
    },
  ),
  law(
    `${dialect.name} finds fault with a site where its commands are missing, and throws for no answer`,
    () => {
      for (const subject of [{}, { queue: 'main' }, { queue: 'main', account: 'lab' }])
        assertProbes(dialect, subject);
    },
  ),
];

function assertProbes(dialect: Dialect, subject: Parameters<Dialect['probes']>[0]): void {
  for (const probe of dialect.probes(subject)) {
    assertShowable(probe, 'a probe');
    assert.match(probe.command.program, /^[\w./-]+$/);
    assert.notEqual(probe.judge(missing).state, 'ok', `${probe.subject} is fine without its command`);
    assert.notEqual(probe.judge(ended(silence)).state, 'ok', `${probe.subject} is fine without an answer`);
    fc.assert(
      fc.property(garbage, (answer) =>
        assertShowable(probe.judge(answer), `what is found of ${probe.subject}`),
      ),
    );
  }
}

function cancelled(dialect: Dialect, answer: QueueAnswer): CancelOutcome {
  const outcome = dialect.cancelled(answer);
  assert.deepEqual(dialect.cancelled({ ...answer }), outcome);
  assertShowable(outcome, 'the outcome of a cancel');
  return outcome;
}
