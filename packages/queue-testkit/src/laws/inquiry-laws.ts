import assert from 'node:assert/strict';
import type { Dialect, Inquiry, InquiryFinding, QueueAnswer } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import { ended, garbage, missing, silence } from '../answers.ts';
import type { DialectClaims } from '../claims.ts';
import { assertShowable } from '../expectations.ts';
import { type Law, law } from '../law.ts';
import { plainRequest } from '../requests.ts';

/** Laws of what is asked where nothing can be tried. */
export const lawsOfInquiries = (dialect: Dialect, claims: DialectClaims): readonly Law[] => {
  if (!dialect.inquiry) return [];
  const { inquiries = [] } = claims;
  const inquiryOf = inquiryFor(dialect, claims);
  const all = [{}, ...inquiries.map(({ request = {} }) => request)].map(inquiryOf);
  return [
    ...inquiries.map(({ title, request = {}, answers, findings }) =>
      law(`${dialect.name} finds what speaks for a batch job and what against: ${title}`, () => {
        const found = judged(inquiryOf(request), answers);
        assert.deepEqual(Object.fromEntries(found.map(({ subject, kind }) => [subject, kind])), findings);
      }),
    ),
    law(`${dialect.name} asks by commands that are one word, and the same every time`, () => {
      for (const { commands } of all) {
        assert(commands.length > 0, 'nothing is asked');
        for (const { program } of commands) assert.match(program, /^[\w./-]+$/);
      }
      assert.deepEqual(inquiryOf({}).commands, inquiryOf({}).commands);
    }),
    law(`${dialect.name} takes nothing that was not answered, or means nothing, for a yes`, () => {
      for (const inquiry of all) {
        for (const answer of [missing, silence, ended(silence)]) assertNoYes(inquiry, answer);
        assert(
          judged(inquiry, []).every(({ kind }) => kind === 'unclear'),
          'what was not asked is not known',
        );
        fc.assert(fc.property(garbage, (answer) => assertNoYes(inquiry, answer)));
      }
    }),
    ...inquiries.map(({ title, request = {}, answers }) =>
      law(`${dialect.name} misses each of the answers when it is not there: ${title}`, () => {
        const inquiry = inquiryOf(request);
        const lost = fc.oneof(fc.constantFrom(missing, silence, ended(silence)), garbage);
        fc.assert(
          fc.property(fc.nat(answers.length - 1), lost, (place, answer) => {
            assertMissed(inquiry, answers.with(place, answer));
            assertMissed(inquiry, answers.with(place, ended(answers[place] ?? silence)));
          }),
        );
      }),
    ),
    ...inquiries.map(({ title, request = {}, answers }) =>
      law(`${dialect.name} throws for no answer that was cut, whatever it says then: ${title}`, () => {
        const inquiry = inquiryOf(request);
        fc.assert(
          fc.property(fc.nat(answers.length - 1), fc.nat(), (place, length) => {
            const answer = answers[place] ?? silence;
            const stdout = answer.stdout.slice(0, length % (answer.stdout.length + 1));
            judged(inquiry, answers.with(place, { ...answer, stdout }));
          }),
        );
      }),
    ),
  ];
};

const inquiryFor =
  (dialect: Dialect, claims: DialectClaims) =>
  (request: NonNullable<DialectClaims['request']>): Inquiry => {
    const inquiry = dialect.inquiry?.({ ...plainRequest(claims), ...request });
    assert(inquiry, 'an inquiry is made of every request');
    return inquiry;
  };

/** All answers are the same one. */
function assertNoYes(inquiry: Inquiry, answer: QueueAnswer): void {
  const findings = judged(
    inquiry,
    inquiry.commands.map(() => answer),
  );
  assert(findings.length > 0, 'that nothing is known is a finding');
  for (const { kind, subject } of findings)
    assert.notEqual(kind, 'fine', `${subject} is fine without an answer`);
}

/** One of the answers is of no use. */
function assertMissed(inquiry: Inquiry, answers: readonly QueueAnswer[]): void {
  const findings = judged(inquiry, answers);
  assert(
    findings.some(({ kind }) => kind !== 'fine'),
    `all is fine although an answer is missing: ${JSON.stringify(findings)}`,
  );
}

function judged(inquiry: Inquiry, answers: readonly QueueAnswer[]): readonly InquiryFinding[] {
  const findings = inquiry.judge(answers);
  assert.deepEqual(inquiry.judge([...answers]), findings);
  assertShowable(findings, 'what is found');
  for (const finding of findings)
    if (finding.kind === 'refused') {
      assert.notEqual(finding.problem.text, '', 'a refusal has words');
      assert(finding.problem.advice, `there is no advice about ${finding.problem.text}`);
    }
  return findings;
}
