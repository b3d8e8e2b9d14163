import { malformed } from '../malformed.ts';
import type { RecordFormat } from '../record-format.ts';
import { quoteBytes } from '../signatures.ts';
import type { TreeGrammar } from '../trees/tree-scanner.ts';
import { TreeScanner } from '../trees/tree-scanner.ts';

/** How other formats begin that hold trees, or that are taken for Newick. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^#nexus/i, '. It looks like NEXUS: choose the format nexus'],
  [/^[<>@]/, ''],
];

const grammar: TreeGrammar = {
  footer: undefined,
  whatToDo: 'every tree ends with ";". Was the file cut short? Make or fetch it again',
  opens: (start, head, sink) => {
    const other = others.find(([beginning]) => beginning.test(head));
    if (other !== undefined) {
      const found = quoteBytes(Buffer.from(head.slice(0, 30), 'latin1'));
      throw malformed(`found ${found}; expected a tree, which begins with "(" or a label${other[1]}`, start);
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
