import type { Stage } from './stage.ts';

/** Something that goes wrong on a cluster, and is over by itself. */
export interface FaultScenario {
  /** `E.1` to `E.25`. */
  readonly id: `E.${number}`;
  /** What happens, to be read after "comes through". */
  readonly what: string;
  /** After so many seconds all that was arranged is over, and agents and masters are well. */
  readonly lastsSeconds: number;
  /** The scheduler is not expected to go on by itself afterwards: it must say what is wrong. */
  readonly isFinal?: boolean;
  /** Plans it; it begins within the next seconds of virtual time, or with the first message that it waits for. */
  readonly arrange: (stage: Stage) => void;
}
