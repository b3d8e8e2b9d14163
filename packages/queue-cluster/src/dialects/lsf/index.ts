import type { Dialect } from '../dialect.ts';
import { cancel, cancelled, stop } from './cancel.ts';
import { inquiry } from './inquiry.ts';
import { probes } from './probes.ts';
import { render, submit } from './render.ts';
import { status, statuses } from './statuses.ts';
import { submitted } from './submitted.ts';

/**
 * LSF 10.1, from its documentation and from what others have published of its answers: no LSF was to be had to try it
 * on. It needs `bjobs -json`, which is there since 10.1.0.2.
 */
export const lsf: Dialect = {
  name: 'lsf',
  title: 'IBM Spectrum LSF',
  excludesNodes: true,
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
