import type { Dialect } from '../dialect.ts';
import { cancelInPbs, cancelledInPbs, stopInPbs } from './cancel.ts';
import { endingsOfPbs } from './endings.ts';
import { inquiryOfPbs } from './inquiry.ts';
import { probesOfPbs } from './probes.ts';
import { renderPbs } from './render.ts';
import { statusesOfPbs, statusOfPbs } from './statuses.ts';
import { submittedToPbs } from './submitted.ts';

/** OpenPBS and PBS Professional. */
export const pbs: Dialect = {
  name: 'pbs',
  title: 'PBS',
  excludesNodes: false,
  render: renderPbs,
  submit: (request) => ({ program: 'qsub', arguments: [], input: renderPbs(request) }),
  submitted: submittedToPbs,
  inquiry: inquiryOfPbs,
  status: statusOfPbs,
  statuses: statusesOfPbs,
  endings: endingsOfPbs,
  ended: statusesOfPbs,
  stop: stopInPbs,
  cancel: cancelInPbs,
  cancelled: cancelledInPbs,
  probes: probesOfPbs,
};
