import type { Dialect } from '../dialect.ts';
import { cancelInPbs, cancelledInPbs, stopInPbs } from '../pbs/cancel.ts';
import { inquiryOfTorque } from './inquiry.ts';
import { probesOfTorque } from './probes.ts';
import { renderTorque } from './render.ts';
import { statusesOfTorque, statusOfTorque } from './statuses.ts';
import { submittedToTorque } from './submitted.ts';

/** Torque, which was PBS once. It was not to be had: what differs from PBS is from its documentation. */
export const torque: Dialect = {
  name: 'torque',
  title: 'Torque',
  excludesNodes: false,
  render: renderTorque,
  submit: (request) => ({ program: 'qsub', arguments: [], input: renderTorque(request) }),
  submitted: submittedToTorque,
  inquiry: inquiryOfTorque,
  status: statusOfTorque,
  statuses: statusesOfTorque,
  stop: stopInPbs,
  cancel: cancelInPbs,
  cancelled: cancelledInPbs,
  probes: probesOfTorque,
};
