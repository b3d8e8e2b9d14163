import type { Dialect } from '../dialect.ts';
import { cancelledInHtcondor, removeFromHtcondor } from './cancel.ts';
import { endingsOfHtcondor } from './endings.ts';
import { probesOfHtcondor } from './probes.ts';
import { renderHtcondor } from './render.ts';
import { statusesOfHtcondor, statusOfHtcondor, toldJobs } from './statuses.ts';
import { submittedToHtcondor, triedByHtcondor } from './submitted.ts';

/** HTCondor, from version 9 on. */
export const htcondor: Dialect = {
  name: 'htcondor',
  title: 'HTCondor',
  excludesNodes: true,
  render: renderHtcondor,
  submit: (request) => ({
    program: 'condor_submit',
    arguments: ['-terse', '-'],
    input: renderHtcondor(request),
  }),
  submitted: submittedToHtcondor,
  trial: (request) => ({
    program: 'condor_submit',
    arguments: ['-dry-run', '-', '-'],
    input: renderHtcondor(request),
  }),
  tried: triedByHtcondor,
  status: statusOfHtcondor,
  statuses: statusesOfHtcondor,
  endings: endingsOfHtcondor,
  ended: toldJobs,
  stop: removeFromHtcondor,
  cancel: removeFromHtcondor,
  cancelled: cancelledInHtcondor,
  probes: probesOfHtcondor,
};
