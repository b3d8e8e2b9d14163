import type { RecordFormat } from '../record-format.ts';
import { TreeScanner } from '../trees/tree-scanner.ts';
import { NexusGrammar } from './grammar.ts';

/**
 * NEXUS by the trees of its block of trees. The header is everything up to the first tree, `translate` and other blocks
 * included; a part ends with `END;`. What follows the block, such as commands to a program, is in no part.
 */
export const nexus: RecordFormat = {
  name: 'nexus',
  description:
    'NEXUS: a record is a tree of the block of trees; everything up to the first tree is the header.',
  fileExtensions: ['nex', 'nexus', 'nxs'],
  galaxyDatatypes: ['nex', 'nexus'],
  scanner: () => new TreeScanner('NEXUS', new NexusGrammar()),
};
