import type { Dialect } from '../dialect.ts';
import { cancel, cancelled } from './cancel.ts';
import { ended, endings } from './endings.ts';
import { probes } from './probes.ts';
import { render, submit, trial } from './render.ts';
import { status, statuses } from './statuses.ts';
import { submitted, tried } from './submitted.ts';

/**
 * Grid Engine: what became of Sun's, such as Son of Grid Engine, Open Grid Scheduler, Open Cluster Scheduler, Univa and
 * Altair Grid Engine. Tested on real 8.1.9.
 */
export const sge: Dialect = {
  name: 'sge',
  title: 'Grid Engine',
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
  // With -notify, qdel is both: USR2, then after a while what ends everything.
  stop: cancel,
  cancel,
  cancelled,
  probes,
};
