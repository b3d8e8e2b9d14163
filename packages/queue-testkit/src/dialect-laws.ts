import assert from 'node:assert/strict';
import type { Dialect } from '@galaxy-mesos/queue-cluster';
import { answersOf } from './answers.ts';
import type { DialectClaims } from './claims.ts';
import { assertShowable } from './expectations.ts';
import { type Law, law } from './law.ts';
import { lawsOfCancels } from './laws/cancel-laws.ts';
import { lawsOfInquiries } from './laws/inquiry-laws.ts';
import { lawsOfRendering } from './laws/render-laws.ts';
import { lawsOfStatuses } from './laws/status-laws.ts';
import { lawsOfSubmits } from './laws/submit-laws.ts';

/** The laws that hold of every dialect, and those that follow from what is claimed of this one. */
export const dialectLaws = (dialect: Dialect, claims: DialectClaims): readonly Law[] => [
  ...lawsOfRendering(dialect, claims),
  ...lawsOfSubmits(dialect, claims),
  ...lawsOfInquiries(dialect, claims),
  ...lawsOfStatuses(dialect, claims),
  ...lawsOfCancels(dialect, claims),
  law(`${dialect.name} has an outcome for every answer, even for one to another question`, () => {
    for (const { title, answer } of answersOf(claims)) {
      const outcomes = [
        dialect.submitted(answer),
        dialect.tried?.(answer),
        dialect.statuses(answer),
        dialect.ended?.(answer),
        dialect.cancelled(answer),
      ];
      assertShowable(outcomes, `what is made of ${title}`);
    }
  }),
  law(
    `${dialect.name} has a submit that a job is known of, a refusal, states, and a job that is gone`,
    () => {
      for (const [what, samples] of Object.entries({
        accepted: claims.accepted,
        refused: claims.refused,
        statuses: claims.statuses,
        noNews: claims.noNews,
        told: claims.told,
      }))
        assert(samples.length > 0, `the claims have no samples of ${what}`);
    },
  ),
];
