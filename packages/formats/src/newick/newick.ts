import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';
import { quoteBytes } from '../signatures.ts';
import type { TreeGrammar } from '../trees/tree-scanner.ts';
import { TreeScanner } from '../trees/tree-scanner.ts';

/** No tree begins with these bytes, but files of other formats do. */
const foreign = new Set(Array.from('#<>@', (character) => character.charCodeAt(0)));

const grammar: TreeGrammar = {
  footer: undefined,
  headLength: 8,
  whatToDo: 'every tree ends with ";". Was the file cut short? Make or fetch it again',
  opens: (start, head, length, sink) => {
    if (foreign.has(head[0] ?? -1)) {
      const text = head.toString('latin1', 0, length);
      const hint = /^#nexus/i.test(text) ? '. It looks like NEXUS: choose the format nexus' : '';
      const found = quoteBytes(head.subarray(0, length));
      throw malformed(`found ${found}; expected a tree, which begins with "(" or a label${hint}`, start);
    }
    sink.begin(start);
  },
  end: () => {},
};

/**
 * Newick, and New Hampshire eXtended: comments before a tree, such as [&R], are part of it, and so is the white space
 * after its ";". A file that ends without ";" is refused, because tools differ in whether they read its last tree.
 */
export const newick: RecordFormat = {
  name: 'newick',
  description: 'Newick: a record is a tree, which ends with ";".',
  fileExtensions: ['newick', 'nwk', 'nhx', 'tre', 'trees', 'treefile'],
  galaxyDatatypes: ['newick', 'nhx'],
  scanner: () => new TreeScanner('Newick', grammar),
};
