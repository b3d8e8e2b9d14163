import { MesosError } from '../mesos-error.ts';
import type { MasterDetector } from './master-detector.ts';

/** Knows the masters that it was told, and leaves it to them to redirect to the leader. */
export function createListDetector(masters: readonly URL[]): MasterDetector {
  let isClosed = false;
  return {
    async candidates(signal) {
      if (isClosed) throw new MesosError('SESSION_CLOSED', 'the detector of masters was closed');
      if (signal.aborted)
        throw new MesosError('ABORTED', 'finding a master was aborted', { cause: signal.reason });
      return masters;
    },
    onLeader: () => () => undefined,
    trouble: undefined,
    async close() {
      isClosed = true;
    },
  };
}
