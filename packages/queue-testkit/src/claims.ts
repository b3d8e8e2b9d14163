import type {
  BatchJobRequest,
  BatchJobState,
  InquiryFinding,
  QueueAnswer,
  QueueCommand,
  QueueProblemKind,
} from '@galaxy-mesos/queue-cluster';

/** An answer of the queueing system, best one that was recorded. */
export interface Sample {
  /** What is special about it, as it stands in the names of laws: `an unknown queue`. */
  readonly title: string;
  readonly answer: QueueAnswer;
}

/** What a submit asks for, as its queueing system will read it; what is never asked for is absent. */
export interface RenderedJob {
  readonly name: string;
  readonly log: string;
  readonly walltimeSeconds: number;
  readonly cpus?: number;
  /** Of the whole job. */
  readonly memMb?: number;
  readonly queue?: string;
  readonly account?: string;
}

/** A job as an answer about states is made of it. */
export interface QueuedJob {
  readonly id: string;
  readonly name: string;
  /** In the words of the queueing system. */
  readonly state: string;
}

/** What a dialect is checked with. */
export interface DialectClaims {
  /**
   * What directives begin with, such as `#SBATCH`; they stand after the first line of a script that bash runs. Absent
   * of a queue that gets a description of the job instead.
   */
  readonly directive?: string;
  /** A directive of a site's own that the dialect lets through, a whole line; absent where there is no such thing. */
  readonly extra?: string;
  /** Whether jobs can be sent to a queue; true where it is not said. */
  readonly queues?: boolean;
  /** Reads what a submit asks for, from its input or its arguments. */
  readonly readBack: (submit: QueueCommand) => RenderedJob;
  /** Submits that were accepted, with their ids. */
  readonly accepted: readonly (Sample & { readonly id: string })[];
  readonly refused: readonly (Sample & { readonly kind: QueueProblemKind })[];
  /** Submits of which nobody knows whether they were accepted. */
  readonly unclear?: readonly Sample[];
  /** Answers to trials, where the dialect has them. */
  readonly trials?: readonly (Sample & { readonly kind: 'fine' | 'refused' | 'unclear' })[];
  /** Answers to what is asked instead of a trial, one for each command, and what is found of which subject. */
  readonly inquiries?: readonly {
    readonly title: string;
    /** What differs from a request that nobody could mind. */
    readonly request?: Partial<BatchJobRequest>;
    readonly answers: readonly QueueAnswer[];
    readonly findings: Readonly<Record<string, InquiryFinding['kind']>>;
  }[];
  /** Answers about states: of jobs by their ids. All jobs that are told are named. */
  readonly statuses: readonly (Sample & {
    readonly states: Readonly<Record<string, BatchJobState['kind']>>;
  })[];
  /** Answers about states which tell nothing: the server is down, or does not say what it is asked. */
  readonly noNews: readonly Sample[];
  /** Answers of the queue's accounts, where the dialect asks them, like `statuses`. */
  readonly endings?: readonly (Sample & {
    readonly states: Readonly<Record<string, BatchJobState['kind']>>;
  })[];
  /** Answers to `stop` and `cancel` with which all is well; that of a job which is gone must be among them. */
  readonly told: readonly Sample[];
  /** Answers to `stop` and `cancel` after which they are tried again. */
  readonly notTold: readonly Sample[];
  /** Whether an answer without a word, of a status command that went well, says that there is no job. */
  readonly silenceIsNoJob: boolean;
  /** Whether the form of an answer about states shows that its end is missing, as that of JSON does. */
  readonly showsItsEnd: boolean;
  /** An answer about states, with whichever jobs. */
  readonly statusOf: (jobs: readonly QueuedJob[]) => QueueAnswer;
  /** The words of the queueing system for a job that waits, where any does, and one that runs. */
  readonly states: { readonly waiting?: string; readonly running: string };
  /** The id of a job by its number. */
  readonly idOf: (number: number) => string;
  /** More that a request of this dialect must have, such as a queue that it cannot do without. */
  readonly request?: Partial<BatchJobRequest>;
}
