import type { Dialect } from '../dialect.ts';
import { cancel, cancelled, stop } from './cancel.ts';
import { ended, endings } from './endings.ts';
import { probes } from './probes.ts';
import { render, submit, trial } from './render.ts';
import { status, statuses } from './statuses.ts';
import { submitted, tried } from './submitted.ts';

/** Slurm, tried on 22.05 and 24.11. */
export const slurm: Dialect = {
  name: 'slurm',
  title: 'Slurm',
  excludesNodes: true,
  render,
  submit,
  submitted,
  trial,
  tried,
  status,
  statuses,
  endings,
  ended,
  stop,
  cancel,
  cancelled,
  probes,
};
