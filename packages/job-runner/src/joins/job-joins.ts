import { randomUUID } from 'node:crypto';
import { chown, mkdir, mkdtemp, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import type { FileOwner } from '../deliver-as.ts';
import { attemptPath } from '../job-directory.ts';
import { JobError, messageOf } from '../job-error.ts';
import type { JobEvent } from '../job-event.ts';
import type { Following } from '../job-recipe.ts';
import { joinHere } from '../join/join-here.ts';
import type { PlanRecord } from '../plan-record.ts';
import { type TaskTerms, taskSpec } from '../plan-tasks.ts';
import type { TaskBook } from '../task-book.ts';
import { joinName, joinTaskId } from '../task-ids.ts';
import { scriptFiles } from '../task-script.ts';
import { JoinProgress, type ReadyJoin } from './join-progress.ts';
import { prepareJoin, resourcesOfJoin, resultName } from './join-script.ts';
import { type JoinTree, joinTree, type ResultSource } from './join-tree.ts';

type Output = Job['outputs'][number];
type MergeHere = Extract<ReadyJoin['node']['merge'], { readonly kind: 'here' }>;

/** What {@link JobJoins} work with. */
export interface JobJoinsParts {
  readonly job: Job;
  /** The job's own. */
  readonly directory: string;
  readonly book: TaskBook;
  readonly listener: (event: JobEvent) => void;
  readonly signal: AbortSignal;
  /** Begins a join of this machine when it is its turn. */
  readonly inTurn: (join: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  /** Contributors' modules, which bring merges. */
  readonly strategyModules?: readonly string[] | undefined;
  readonly terms?: TaskTerms | undefined;
  /** As whom results are read and written; absent: as the user of this process. */
  readonly owner?: FileOwner | undefined;
}

/** A result that all parts of an output came to. */
export interface JoinedResult {
  readonly path: string;
  readonly isDirectory: boolean;
}

interface OutputJoins {
  readonly output: Output;
  readonly tree: JoinTree;
  readonly progress: JoinProgress;
  /** What joins are called that were ready, by the numbers of their nodes. */
  readonly names: Map<number, string>;
}

/** Joins the results of a job's parts, each as soon as all is there that it needs; what was joined before is kept. */
export class JobJoins {
  readonly #parts: JobJoinsParts;
  /** The numbers of the parts by their tasks. */
  readonly #indices: ReadonlyMap<TaskId, number>;
  readonly #outputs: readonly OutputJoins[];
  /** Joins that tasks do. */
  readonly #tasks = new Map<TaskId, () => void>();
  readonly #stop = new AbortController();
  #isBegun = false;

  constructor(parts: JobJoinsParts, plan: PlanRecord, planned: readonly TaskId[]) {
    this.#parts = parts;
    this.#indices = new Map(planned.map((id, index) => [id, index]));
    this.#planned = planned;
    this.#outputs = parts.job.outputs.map((output) => {
      const tree = joinTree(plan.parts, plan.joins[output.name] ?? []);
      return { output, tree, progress: new JoinProgress(tree), names: new Map() };
    });
  }

  readonly #planned: readonly TaskId[];

  /** See `JobRecipe`. */
  async following(ended: readonly TaskId[]): Promise<Following> {
    const following = { tasks: [] as TaskSpec[], works: [] as (() => Promise<void>)[] };
    for (const id of this.#isBegun ? ended : this.#planned) this.#end(id);
    if (!this.#isBegun) await mkdir(this.#folder, { recursive: true });
    this.#isBegun = true;
    for (const joins of this.#outputs) {
      for (let ready = joins.progress.takeReady(); ready.length > 0; ready = joins.progress.takeReady()) {
        for (const one of ready) await this.#begin(joins, one, following);
      }
    }
    return following;
  }

  /**
   * Where the last result of an output is, once nothing follows any more; one that is a directory is taken out of what
   * counts as joined, since it is to be moved away.
   */
  async result({ name }: Output): Promise<JoinedResult> {
    const joins = this.#outputs.find(({ output }) => output.name === name);
    const source = joins?.progress.result;
    if (!joins || !source) throw new Error(`there is no result of the output ${name} yet`);
    const file = this.#pathOf(joins, source);
    if (!makesDirectory(joins.tree, source)) return { path: file, isDirectory: false };
    return {
      path: path.join(await this.#setAside(path.dirname(file)), path.basename(file)),
      isDirectory: true,
    };
  }

  get #folder(): string {
    return path.join(this.#parts.directory, scriptFiles.joins);
  }

  #end(id: TaskId): void {
    const state = this.#parts.book.get(id)?.state;
    const index = this.#indices.get(id);
    if (index !== undefined && (state === 'finished' || state === 'failed')) {
      for (const { progress } of this.#outputs) progress.partEnded(index, state === 'finished');
    }
    if (index === undefined && state === 'finished') this.#tasks.get(id)?.();
  }

  async #begin(
    joins: OutputJoins,
    ready: ReadyJoin,
    { tasks, works }: { tasks: TaskSpec[]; works: (() => Promise<void>)[] },
  ): Promise<void> {
    const { output, names, progress } = joins;
    const { merge, index } = ready.node;
    if (names.size === 0) {
      this.#parts.listener({ type: 'merging', output: output.name, parts: this.#planned.length });
    }
    names.set(index, joinName(output.name, index, ready.missing));
    if (merge.kind === 'here') {
      if (await isThere(this.#pathOf(joins, { kind: 'node', index }))) progress.joined(ready);
      else works.push(() => this.#joinInTurn(joins, ready, merge));
      return;
    }
    const spec = this.#task(joins, ready);
    if (spec) tasks.push(spec);
  }

  /** The task of a join, unless it is there already. */
  #task({ output, names, progress, ...joins }: OutputJoins, ready: ReadyJoin): TaskSpec | undefined {
    const { job, directory, book, terms } = this.#parts;
    const { merge, index, label } = ready.node;
    const name = names.get(index) ?? '';
    const id = joinTaskId(job, name, terms?.generation);
    const known = book.get(id);
    if (known?.state === 'finished') {
      progress.joined(ready);
      return undefined;
    }
    this.#tasks.set(id, () => progress.joined(ready));
    if (known || merge.kind === 'here') return undefined;
    const parts = ready.sources.map(({ source }) =>
      this.#pathOf({ output, names, progress, ...joins }, source),
    );
    const command = prepareJoin(job, directory, { name, merge, parts, result: resultName(output) });
    const place = label === undefined ? '' : `, ${label}`;
    const spec = taskSpec(job, id, `join ${index + 1} of ${output.name}${place}`, command, terms);
    return { ...spec, resources: resourcesOfJoin(job, merge) };
  }

  async #joinInTurn(joins: OutputJoins, ready: ReadyJoin, merge: MergeHere): Promise<void> {
    const signal = AbortSignal.any([this.#parts.signal, this.#stop.signal]);
    try {
      await this.#parts.inTurn(() => this.#joinHere(joins, ready, merge, signal), signal);
      joins.progress.joined(ready);
    } catch (error) {
      // Without one of them the others are of no use.
      this.#stop.abort(error);
      throw error;
    }
  }

  /** Beside this process, in a directory that no earlier process or join knows. */
  async #joinHere(
    joins: OutputJoins,
    { node, sources }: ReadyJoin,
    { merge, parameters }: MergeHere,
    signal: AbortSignal,
  ): Promise<void> {
    const { owner, strategyModules = [] } = this.#parts;
    const { output } = joins;
    const place = await mkdtemp(path.join(this.#folder, '.joining-'));
    if (owner) await chown(place, owner.uid, owner.gid);
    const destination = path.join(place, resultName(output));
    const parts = sources.map(({ source, ...known }) => ({ ...known, path: this.#pathOf(joins, source) }));
    const choice = { merge, ...(parameters && { parameters }) };
    try {
      await joinHere({ merge: choice, modules: strategyModules, parts, destination }, signal, owner);
    } catch (error) {
      signal.throwIfAborted();
      const words = messageOf(error);
      if (/\b(?:ENOSPC|EDQUOT)\b/.test(words)) throw new JobError('NO_SPACE', place, fullWords, error);
      throw new JobError('JOIN', output.destination, words, error);
    }
    const joined = path.dirname(this.#pathOf(joins, { kind: 'node', index: node.index }));
    await this.#setAside(joined);
    await rename(place, joined);
  }

  #pathOf({ output, tree, names }: OutputJoins, { kind, index }: ResultSource): string {
    const { directory, book, job, terms } = this.#parts;
    if (kind === 'part') {
      return attemptPath(directory, book.winner(this.#planned[index] ?? '').id, output.file);
    }
    const name = names.get(index) ?? '';
    const result = resultName(output);
    if (tree.nodes[index]?.merge.kind === 'here') return path.join(this.#folder, name, result);
    return attemptPath(directory, book.winner(joinTaskId(job, name, terms?.generation)).id, result);
  }

  /** Takes what is there out of the way; where to. It goes with the job's directory. */
  async #setAside(file: string): Promise<string> {
    const aside = path.join(this.#folder, `.aside-${randomUUID()}`);
    await rename(file, aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return aside;
  }
}

const fullWords = 'there is no room to join results; make room';

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

function makesDirectory({ nodes }: JoinTree, { kind, index }: ResultSource): boolean {
  const merge = kind === 'node' ? nodes[index]?.merge : undefined;
  return merge?.kind === 'here' && merge.makes === 'directory';
}
