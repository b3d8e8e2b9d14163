import { malformed } from '../malformed.ts';
import { quoteBytes } from '../signatures.ts';
import type { TreeGrammar, TreeSink } from '../trees/tree-scanner.ts';

const signature = /^#nexus\s*/i;
const beginsTrees = /^begin\s+trees\b/i;
const ends = /^end(?:block)?\s*;?\s*$/i;
const isTree = /^u?tree\b/i;

const tree = Buffer.from('tree ');

/** How nearly all trees begin; a look at the bytes is faster than at a text made of them. */
const isPlainTree = (head: Buffer, length: number): boolean => {
  if (length < tree.length || head[tree.length - 1] !== tree[tree.length - 1]) return false;
  for (let index = 0; index < tree.length - 1; index += 1) {
    // Letters of both cases differ by one bit.
    if (((head[index] ?? 0) | 0x20) !== tree[index]) return false;
  }
  return true;
};

const quote = (head: string): string => quoteBytes(Buffer.from(head.slice(0, 30), 'latin1'));

/** Follows one NEXUS file (Maddison et al. 1997, doi:10.1093/sysbio/46.4.590) through its blocks. */
export class NexusGrammar implements TreeGrammar {
  readonly footer: Buffer = Buffer.from('END;\n');
  readonly headLength = 40;
  readonly whatToDo = 'every command ends with ";". Was the file cut short? Make or fetch it again';
  #state: 'signature' | 'before' | 'trees' | 'after' = 'signature';
  #sawTree = false;

  opens(start: number, bytes: Buffer, length: number, sink: TreeSink): void {
    if (this.#state === 'trees' && isPlainTree(bytes, length)) {
      this.#sawTree = true;
      sink.begin(start);
      return;
    }
    const head = bytes.toString('latin1', 0, length);
    if (this.#state === 'trees') this.#inTrees(start, head, sink);
    else if (this.#state === 'signature') this.#first(start, head);
    else this.#elsewhere(start, head);
  }

  end(size: number): void {
    if (this.#state === 'after') return;
    const text =
      this.#state === 'trees'
        ? 'the file ends within the block of trees; expected "end;". Was it cut short? Make or fetch it again'
        : 'found no block of trees; expected "begin trees;". A NEXUS file without trees cannot be cut between them';
    throw malformed(text, size);
  }

  #first(start: number, head: string): void {
    if (!signature.test(head)) {
      throw malformed(`found ${quote(head)}; expected NEXUS, which begins with "#NEXUS"`, start);
    }
    this.#state = 'before';
    this.#elsewhere(start, head.replace(signature, ''));
  }

  #elsewhere(start: number, head: string): void {
    if (!beginsTrees.test(head)) return;
    if (this.#state === 'after') {
      const text =
        'found a second block of trees: those after it may be named by another translation; ' +
        'write one file for each block';
      throw malformed(text, start);
    }
    this.#state = 'trees';
  }

  #inTrees(start: number, head: string, sink: TreeSink): void {
    if (isTree.test(head)) {
      this.#sawTree = true;
      sink.begin(start);
    } else if (ends.test(head)) {
      this.#state = 'after';
      sink.endBody(start);
    } else if (this.#sawTree) {
      const text =
        `found ${quote(head)} after a tree; expected trees, and then "end;", because what precedes the first tree ` +
        'stands before every part; move the command before the first tree';
      throw malformed(text, start);
    }
  }
}
