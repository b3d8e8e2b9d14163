import type { KnownResult } from '../choose-merge.ts';
import { extensionOf } from '../files/extension-of.ts';
import type { MergeChoice } from '../merge.ts';
import { vcf } from './vcf.ts';

/** How results are joined that hold variants of regions that overlap, or of what reaches over the border of two. */
export const overlappingVariants = ({ fileName, datatype }: KnownResult): MergeChoice | undefined => {
  const name = datatype?.toLowerCase() ?? extensionOf(fileName);
  if (vcf.datatypes?.includes(name) !== true) return undefined;
  return { merge: vcf.name, parameters: { duplicates: 'remove' } };
};
