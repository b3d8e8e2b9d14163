/** The queueing systems that have a dialect; `shell` is this machine, without a queue, for trying clusters out. */
export const dialectNames = ['slurm', 'sge', 'pbs', 'torque', 'lsf', 'htcondor', 'shell'] as const;
export type DialectName = (typeof dialectNames)[number];

/** A command of the queueing system, as data: who runs it (here, or through `ssh`) is the launcher's matter. */
export interface QueueCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  /** What the command reads from its standard input; without it the input is empty. */
  readonly input?: string;
}

/** What came of a command. */
export interface QueueAnswer {
  /** Null where it was ended by a signal, as by the launcher after too long. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a batch job is to be. */
export interface BatchJobRequest {
  /** Unique for ever; begins with a letter and has only letters, digits, `_` and `-`. */
  readonly name: string;
  /** The shell text that the job runs; its first line is `#!/bin/bash`. */
  readonly script: string;
  /** The job's own directory, an absolute path; the queue starts the job there where it sees it. */
  readonly directory: string;
  /** The file for standard output and standard error, an absolute path. */
  readonly log: string;
  readonly cpus: number;
  /** Mebibytes, of the whole job. */
  readonly memMb: number;
  readonly gpus: number;
  readonly walltimeSeconds: number;
  /** How long before its end the job wants to be told, where the queue can do that. */
  readonly warningSeconds: number;
  /** Slurm's partition; the queue of the others. */
  readonly queue?: string;
  /** Whom the queue charges: Slurm's account, a project in Grid Engine and LSF, HTCondor's accounting group. */
  readonly account?: string;
  /** Directives of the site's own, each a whole line such as `#SBATCH --exclusive`. */
  readonly extra: readonly string[];
  /** Nodes on which the job is not to run, where the queue can do that. */
  readonly excludedNodes: readonly string[];
}

/**
 * Why the queue does not do what it was asked:
 * `configuration` asking again is no use before somebody changes something (queue, account, size);
 * `transient` the queue does not answer, or is busy: ask again later;
 * `limit` the user has as many jobs as may be: wait until some have ended.
 */
export type QueueProblemKind = 'configuration' | 'transient' | 'limit';

export interface QueueProblem {
  readonly kind: QueueProblemKind;
  /** The queue's own words, on one line, cut at 300 characters. */
  readonly text: string;
  /** What to do, where that is known. */
  readonly advice?: string;
}

/** Whether a batch job was taken. */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly problem: QueueProblem }
  /** The job may be there or not (the command was ended, or said nothing that is understood): look for its name. */
  | { readonly kind: 'unclear'; readonly text: string };

/** Whether a batch job would be taken. */
export type TrialOutcome =
  | { readonly kind: 'fine'; readonly text?: string }
  | { readonly kind: 'refused'; readonly problem: QueueProblem }
  | { readonly kind: 'unclear'; readonly text: string };

/** One thing that was asked to know whether a batch job would be taken, and would start. */
export type InquiryFinding = TrialOutcome & {
  /** What it is about, such as `queue main`. */
  readonly subject: string;
};

/** What can be asked instead of a trial. */
export interface Inquiry {
  /** They change nothing, and none needs what another one says. */
  readonly commands: readonly QueueCommand[];
  /**
   * What their answers, in the same order, say. An answer that is missing or not understood makes a finding `unclear`:
   * what nobody knows is neither fine nor refused.
   */
  judge(answers: readonly QueueAnswer[]): readonly InquiryFinding[];
}

/** How a batch job came to its end. */
export type BatchJobEnding =
  | 'completed'
  | 'failed'
  /** By its walltime, or another limit of time. */
  | 'walltime'
  | 'preempted'
  /** By its user or an administrator. */
  | 'cancelled'
  | 'node-failed'
  /** It used more memory than it had asked for. */
  | 'out-of-memory'
  | 'unknown';

export type BatchJobState =
  | {
      readonly kind: 'waiting';
      /** The queue's own words for why it waits. */
      readonly reason?: string;
      readonly advice?: string;
      /** Whether it will never start as things are. */
      readonly isHopeless?: boolean;
    }
  /** It waits until somebody releases or removes it. */
  | { readonly kind: 'held'; readonly reason?: string; readonly advice?: string }
  | {
      readonly kind: 'running';
      readonly node?: string;
      /** Milliseconds since 1970. */
      readonly startedAt?: number;
      /** Milliseconds since 1970. */
      readonly endsAt?: number;
      readonly isSuspended?: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly how: BatchJobEnding;
      readonly exitCode?: number;
      readonly node?: string;
      readonly reason?: string;
      readonly advice?: string;
    }
  /** A state that the dialect does not know: no news, never an end. */
  | { readonly kind: 'unknown'; readonly text: string };

export interface BatchJobReport {
  readonly id: string;
  /** Whole, or absent: never cut. */
  readonly name?: string;
  readonly state: BatchJobState;
}

/** Whose jobs to ask for: all of the user's, of which only those with these ids or this beginning of a name matter. */
export interface StatusQuery {
  readonly user: string;
  readonly ids: readonly string[];
  readonly namePrefix: string;
}

/** What a status command said. A job that `known` does not list may be gone, or not be told yet. */
export type StatusOutcome =
  | { readonly kind: 'known'; readonly batchJobs: readonly BatchJobReport[] }
  /** The queue did not answer, or not in a form that is understood: nothing is known, and nothing is gone. */
  | { readonly kind: 'no-news'; readonly text: string };

export type CancelOutcome =
  /** Those that were there are told; those that were gone already do not matter. */
  { readonly kind: 'told' } | { readonly kind: 'no-news'; readonly text: string };

/** Something that `doctor` has the queueing system say. */
export interface QueueProbe {
  /** What it looks at, such as `sbatch` or `partition main`. */
  readonly subject: string;
  readonly command: QueueCommand;
  /** What its answer means for somebody who wants to start a cluster here. */
  judge(answer: QueueAnswer): ProbeFinding;
}

export interface ProbeFinding {
  readonly state: 'ok' | 'note' | 'problem';
  readonly text: string;
}

/** What `doctor` wants to know about. */
export interface ProbeSubject {
  readonly queue?: string;
  readonly account?: string;
}

/**
 * All that is peculiar to one queueing system. Pure: commands and texts in, typed values out. Nothing throws for what
 * a queue answers; every answer, whatever it is, has an outcome.
 */
export interface Dialect {
  readonly name: DialectName;
  /** As its makers write it. */
  readonly title: string;
  /** Whether it honours `excludedNodes`. */
  readonly excludesNodes: boolean;
  /** The whole text that the queue gets: directives and script. */
  render(request: BatchJobRequest): string;
  submit(request: BatchJobRequest): QueueCommand;
  submitted(answer: QueueAnswer): SubmitOutcome;
  /** Has the queue check a request without running it, where it can. */
  trial?(request: BatchJobRequest): QueueCommand;
  tried?(answer: QueueAnswer): TrialOutcome;
  /** Has the queue tell what a request needs to know, where it can check none. */
  inquiry?(request: BatchJobRequest): Inquiry;
  /** One command for all jobs. */
  status(query: StatusQuery): QueueCommand;
  statuses(answer: QueueAnswer): StatusOutcome;
  /** How jobs that the status has left out ended, where the queue keeps accounts. */
  endings?(ids: readonly string[]): QueueCommand;
  ended?(answer: QueueAnswer): StatusOutcome;
  /** Has the trap of the jobs' script run (it stops the agent well), and nothing else die before. */
  stop(ids: readonly string[]): QueueCommand;
  /** Ends jobs, whether they run or wait. */
  cancel(ids: readonly string[]): QueueCommand;
  /** What came of `stop` or `cancel`. */
  cancelled(answer: QueueAnswer): CancelOutcome;
  /** In the order in which they make sense: a problem makes those after it needless. */
  probes(subject: ProbeSubject): readonly QueueProbe[];
}
