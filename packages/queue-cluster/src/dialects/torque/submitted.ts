import type { QueueAnswer, SubmitOutcome } from '../dialect.ts';
import { refusalOfTorque } from '../pbs/problems.ts';
import { submitted } from '../pbs/submitted.ts';

/** Servers can be told to leave their name out of ids. */
const id = /^\d+(?:\[\])?(?:\.[\w.-]+)?$/;

/** What `qsub` said. */
export const submittedToTorque = (answer: QueueAnswer): SubmitOutcome =>
  submitted(answer, id, refusalOfTorque);
