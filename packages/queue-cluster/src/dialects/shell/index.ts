import type { Dialect } from '../dialect.ts';
import { cancel, cancelled, stop } from './cancel.ts';
import { inquiry } from './inquiry.ts';
import { probes } from './probes.ts';
import { render, submit } from './render.ts';
import { status, statuses } from './statuses.ts';
import { submitted } from './submitted.ts';

/**
 * No queue: batch jobs are processes of this machine, for trying a cluster out. A job's record lies in its own
 * directory and its keeper among the processes, so that nothing is left where both are gone.
 */
export const shell: Dialect = {
  name: 'shell',
  title: 'this machine, without a queue',
  excludesNodes: false,
  render,
  submit,
  submitted,
  inquiry,
  status,
  statuses,
  stop,
  cancel,
  cancelled,
  probes,
};
