import type { BatchJobState } from '../dialect.ts';
import { endOf, type Meaning, type PbsEnd } from '../pbs/endings.ts';

/** What a negative status means, from the documentation of Torque. */
const endsByTorque = new Map<number, Meaning>([
  [-4, { how: 'node-failed', reason: 'the node was started anew' }],
  [-5, { how: 'node-failed', reason: 'the node was started anew' }],
  [-6, { how: 'node-failed', reason: 'the node was started anew' }],
  [-10, { how: 'out-of-memory' }],
  [-11, { how: 'walltime' }],
  [-12, { how: 'walltime', reason: 'it used more time of the processors than it may' }],
]);

/** How a job of Torque came to its end. */
export const endOfTorque = (end: PbsEnd): BatchJobState => endOf(end, endsByTorque);
