import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { errorOfData, maximumParts, PlanError } from '@galaxy-mesos/parallelism';
import { ChildProgram } from '../child/child-program.ts';
import type { FileOwner } from '../deliver-as.ts';
import { syncDirectory } from '../job-directory.ts';
import { scriptFiles } from '../task-script.ts';
import type { PlanFacts } from './plan-facts.ts';
import {
  type PlanNews,
  type PlanOrder,
  planNewsSchema,
  type SplitJob,
  type TookAnswer,
} from './plan-messages.ts';

/** What is to be planned. */
export interface Planning {
  readonly job: Job;
  /** The job's own; the sidecar comes to be in there. */
  readonly directory: string;
  readonly facts: PlanFacts;
  /** Contributors' modules. */
  readonly modules: readonly string[];
  readonly signal: AbortSignal;
  /** As whom files are read; absent: as the user of this process. */
  readonly owner?: FileOwner | undefined;
  /** The seconds that the command of a part ran that was told already; `undefined` while it does. */
  readonly took: (index: number) => number | undefined;
  /** So long it may take to choose an alternative, in seconds; to cut large files may take hours. */
  readonly patience?: number;
}

/** Conditions are answered in no time, and tables of values are read in little; programs start slowly at times. */
const defaultPatience = 120;

/**
 * What is told of a plan, in order: how the job is cut, then its parts; or that no more can be told until a part has
 * been run.
 */
export type PlanTold =
  | Extract<PlanNews, { type: 'chosen' | 'parts' | 'progress' }>
  | { readonly type: 'awaited'; readonly index: number };

/**
 * Plans a job by a program of its own, which reads files as their user, and can be ended whatever it does. It is
 * heard only as fast as it is asked.
 * @throws PlanError, FormatError and what else the program says, or the reason of the signal
 */
export async function* planHere(planning: Planning): AsyncGenerator<PlanTold> {
  const { job, directory, facts, modules, signal, owner, took } = planning;
  const sidecar = path.join(directory, scriptFiles.sidecar);
  await using file = await openSidecar(sidecar, owner);
  const order: PlanOrder = { type: 'plan', job, facts, modules, sidecar };
  using patience = patienceOf(planning.patience ?? defaultPatience);
  const program = new ChildProgram('planning/plan-program', order, {
    does: 'plans',
    signal: AbortSignal.any([signal, patience.signal]),
    owner,
    file: file.fd,
  });
  let known = 0;
  for await (const news of newsOf(program)) {
    if (news.type === 'chosen') patience.end();
    if (news.type === 'took') {
      const seconds = took(news.index);
      if (seconds === undefined) return yield { type: 'awaited', index: news.index };
      program.answer({ seconds } satisfies TookAnswer);
      continue;
    }
    if (news.type === 'parts') {
      known += news.parts.length;
      if (known > maximumParts)
        throw new Error('the program that plans tells of more parts than there may be');
    }
    yield news;
  }
}

/**
 * Looks at everything of a job's split that can be known to be wrong before an input is cut, by a program of its own.
 * @throws PlanError, FormatError and what else the program says, or the reason of the signal
 */
export async function checkHere({
  job,
  modules,
  signal,
  owner,
}: Pick<Planning, 'modules' | 'signal' | 'owner'> & { readonly job: SplitJob }): Promise<void> {
  const order: PlanOrder = { type: 'check', job, modules };
  const program = new ChildProgram('planning/plan-program', order, { does: 'plans', signal, owner });
  for await (const _news of newsOf(program));
}

async function* newsOf(program: ChildProgram): AsyncGenerator<Exclude<PlanNews, { type: 'end' }>> {
  let isEnded = false;
  for await (const told of program.told()) {
    const news = planNewsSchema.parse(told);
    if (news.type !== 'end') yield news;
    else if (news.error) throw errorOfData(news.error);
    else isEnded = true;
  }
  if (!isEnded) throw new Error('the program that plans has not said whether it could');
}

/** Runs out unless it is ended. */
function patienceOf(seconds: number): Disposable & { readonly signal: AbortSignal; end(): void } {
  const late = new AbortController();
  const text = `no alternative of the split could be chosen within ${seconds} s: make its conditions simpler`;
  const timer = setTimeout(() => late.abort(new PlanError('INVALID_PARAMETERS', text)), seconds * 1000);
  const end = () => clearTimeout(timer);
  return { signal: late.signal, end, [Symbol.dispose]: end };
}

/** It stays this process's own: whatever else runs as the user of the job may read it, and no more. */
async function openSidecar(file: string, owner: FileOwner | undefined): Promise<FileHandle> {
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT);
  try {
    if (owner && owner.uid !== process.geteuid?.()) {
      await handle.chown(process.geteuid?.() ?? 0, owner.gid);
      await handle.chmod(0o640);
    }
    await syncDirectory(path.dirname(file));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}
