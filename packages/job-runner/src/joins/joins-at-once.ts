import { availableParallelism } from 'node:os';

/** Each is a process that is busy, and has buffers of its own. */
const most = 4;

/** So many joins may be done on this machine at a time. */
export const joinsAtOnce = (): number => Math.min(availableParallelism(), most);
