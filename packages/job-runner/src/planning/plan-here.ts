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
  readonly took: (index: number) => Promise<number | undefined>;
  /** So long it may take to choose an alternative, in seconds; to cut large files may take hours. */
  readonly patience?: number;
  /** So long the program may say nothing while it cuts, in seconds: what is computed may have no end. */
  readonly silence?: number;
}

/** Conditions are answered in no time, and tables of values are read in little; programs start slowly at times. */
const defaultPatience = 120;
const defaultSilence = 600;

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
  const { patience: choosing = defaultPatience, silence = defaultSilence } = planning;
  using patience = new Patience();
  patience.begin(choosing, 'no alternative of the split could be chosen', 'make its conditions simpler');
  const program = new ChildProgram('planning/plan-program', order, {
    does: 'plans',
    signal: AbortSignal.any([signal, patience.signal]),
    owner,
    file: file.fd,
  });
  let known = 0;
  for await (const news of heard(newsOf(program), patience, silence)) {
    if (news.type === 'took') {
      const seconds = await took(news.index);
      if (seconds === undefined) return yield { type: 'awaited', index: news.index };
      program.answer({ seconds } satisfies TookAnswer);
      continue;
    }
    if (news.type === 'parts') known += news.parts.length;
    if (known > maximumParts) throw new Error('the program that plans tells of more parts than there may be');
    yield news;
  }
}

type News = Exclude<PlanNews, { type: 'end' }>;

/** The news, which may take any time to be used, but not to come. */
async function* heard(
  all: AsyncGenerator<News>,
  patience: Patience,
  silence: number,
): AsyncGenerator<Exclude<News, { type: 'alive' }>> {
  let isChosen = false;
  for await (const news of all) {
    isChosen ||= news.type === 'chosen';
    if (isChosen) patience.end();
    if (news.type !== 'alive') yield news;
    if (isChosen)
      patience.begin(silence, 'nothing more was found of how to cut', 'ask for less, or for what is simpler');
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

async function* newsOf(program: ChildProgram): AsyncGenerator<News> {
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
class Patience implements Disposable {
  readonly #late = new AbortController();
  readonly signal = this.#late.signal;
  #timer: NodeJS.Timeout | undefined;

  begin(seconds: number, what: string, advice: string): void {
    const error = new PlanError('INVALID_PARAMETERS', `${what} within ${seconds} s: ${advice}`);
    this.#timer = setTimeout(() => this.#late.abort(error), seconds * 1000);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    this.end();
  }
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
