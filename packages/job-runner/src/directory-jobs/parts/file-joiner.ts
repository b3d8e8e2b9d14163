import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fitsPattern, jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import {
  type Catalog,
  contentOfFile,
  type FileContent,
  isOfFormat,
  type MergeChoice,
  mergeOfContent,
} from '@galaxy-mesos/parallelism';
import { messageOf } from '../../job-error.ts';
import { mergeOf } from './check-merges.ts';
import { joinByMerge } from './join-by-merge.ts';
import type { PartTree, TreesOrder } from './join-order.ts';
import { SameBytes } from './same-bytes.ts';
import { isOfStrategy } from './strategy-merges.ts';
import type { WantedFiles } from './wanted-files.ts';

/** What a {@link FileJoiner} goes by. */
export interface FileJoinerParts extends TreesOrder {
  readonly wanted: WantedFiles;
  /** Takes what whoever looks after Galaxy should know. */
  readonly notes: string[];
  readonly catalog: Catalog;
  readonly signal: AbortSignal;
}

/** What tools tell Galaxy of their outputs: lines that each part says of its own. */
const told: ReadonlySet<string> = new Set([`${layout.working}/galaxy.json`]);

/** What a tool's version is, which is one. */
const versionFile = `${layout.outputs}/COMMAND_VERSION`;

/** Joins files of one name that parts have made. */
export class FileJoiner {
  readonly #parts: FileJoinerParts;
  readonly #bytes = new SameBytes();
  #scratch = 0;

  constructor(parts: FileJoinerParts) {
    this.#parts = parts;
  }

  /**
   * Makes of the files that some parts have under this name one.
   * @throws Error if Galaxy asks for it and it cannot be joined
   */
  async join(name: string, trees: readonly PartTree[], place: string): Promise<void> {
    const made = await this.#made(name, trees);
    const [first = trees[0], ...others] = made;
    if (!first) return;
    const isOne = others.length === 0 || name === versionFile;
    if (isOne) return takeOver(path.join(first.path, name), place);
    if (told.has(name)) {
      const sources = made.map((tree) => path.join(tree.path, name));
      return joinLines(sources, place);
    }
    const isWanted = this.#parts.wanted.has(name);
    if (!isWanted && (await this.#areSame(name, made))) return takeOver(path.join(first.path, name), place);
    try {
      await this.#joinParts(name, made, place);
    } catch (error) {
      this.#parts.signal.throwIfAborted();
      await rm(place, { recursive: true, force: true });
      if (isWanted) throw error;
      this.#parts.notes.push(`${name} is the one of the first part: ${messageOf(error)}`);
      await takeOver(path.join(first.path, name), place);
    }
  }

  /** The parts that have not left the file as it was when the job began. */
  async #made(name: string, trees: readonly PartTree[]): Promise<readonly PartTree[]> {
    const before = path.join(this.#parts.jobDirectory, name);
    const made: PartTree[] = [];
    for (const tree of trees) {
      if (!(await this.#bytes.haveSame(path.join(tree.path, name), before))) made.push(tree);
    }
    return made;
  }

  async #areSame(name: string, [first, ...others]: readonly PartTree[]): Promise<boolean> {
    const one = path.join(first?.path ?? '', name);
    for (const other of others) {
      if (!(await this.#bytes.haveSame(one, path.join(other.path, name)))) return false;
    }
    return true;
  }

  async #joinParts(name: string, made: readonly PartTree[], place: string): Promise<void> {
    const { catalog, destination, signal } = this.#parts;
    const parts = made.map((tree) => ({ ...tree, path: path.join(tree.path, name) }));
    const paths = parts.map((part) => part.path);
    const merge = (await this.#chosen(name, parts)) ?? (await mergeOfContent(name, paths, catalog));
    const scratch = `${destination}.scratch-${this.#scratch++}`;
    await mkdir(scratch);
    try {
      await rename(await joinByMerge({ merge, parts, scratch, catalog, signal }), place);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** How it is joined by what the destination says, or the strategy. */
  async #chosen(name: string, parts: readonly PartTree[]): Promise<MergeChoice | undefined> {
    const { catalog, strategyMerges } = this.#parts;
    const outputs = this.#parts.outputs.filter(({ merges }) => merges !== undefined);
    const merges = strategyMerges.filter((one) => isOfStrategy(one, catalog));
    if (outputs.length + merges.length === 0) return undefined;
    const content = await firstContent(parts);
    const found = outputs.find(({ file }) => this.#fits(file, name, content));
    return found ? mergeOf(found, catalog) : merges.find(({ format }) => isOfFormat(content, format))?.merge;
  }

  #fits(pattern: string, name: string, content: FileContent | undefined): boolean {
    if (pattern === '*') return this.#parts.wanted.has(name);
    return (
      fitsPattern(pattern, name) || fitsPattern(pattern, path.basename(name)) || isOfFormat(content, pattern)
    );
  }
}

/** Of the first that is not empty. */
async function firstContent(parts: readonly PartTree[]): Promise<FileContent | undefined> {
  for (const { path: file } of parts) {
    const content = await contentOfFile(file);
    if (content) return content;
  }
  return undefined;
}

/** The part keeps its own: this may be done again. Where the file system can share blocks, it costs nothing. */
const takeOver = (source: string, place: string): Promise<void> =>
  copyFile(source, place, constants.COPYFILE_FICLONE);

/** What several parts say is said once. */
async function joinLines(sources: readonly string[], place: string): Promise<void> {
  const lines = new Set<string>();
  for (const source of sources) {
    for (const line of (await readFile(source, 'utf8')).split('\n')) if (line !== '') lines.add(line);
  }
  await writeFile(place, [...lines].map((line) => `${line}\n`).join(''));
}
