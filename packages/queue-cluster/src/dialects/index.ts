import type { Dialect, DialectName } from './dialect.ts';
import { htcondor } from './htcondor/index.ts';
import { lsf } from './lsf/index.ts';
import { pbs } from './pbs/index.ts';
import { sge } from './sge/index.ts';
import { shell } from './shell/index.ts';
import { slurm } from './slurm/index.ts';
import { torque } from './torque/index.ts';

const dialects: Readonly<Record<DialectName, Dialect>> = { slurm, sge, pbs, torque, lsf, htcondor, shell };

/** The dialect of that name. */
export const dialectNamed = (name: DialectName): Dialect => dialects[name];
