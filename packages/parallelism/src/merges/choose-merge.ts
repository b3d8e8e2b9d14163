import { detectFormat, formatForDatatype } from '@galaxy-mesos/formats';
import { builtIn, type Catalog } from '../catalog.ts';
import { extensionOf } from './files/extension-of.ts';
import { statements } from './files/statements.ts';
import type { MergeChoice } from './merge.ts';
import { refuseUnjoinable } from './refuse-unjoinable.ts';

/** What is known of a result before there is any. */
export interface KnownResult {
  /** Its name, or path. */
  readonly fileName: string;
  /** Galaxy's name of its datatype, which counts more than the name of the file. */
  readonly datatype?: string | undefined;
}

/** Formats of which files begin with a header, or end with a footer, which must stand once. */
const framed = new Set([
  'tabular',
  'csv',
  'tsv',
  'bed',
  'interval',
  'gff3',
  'gtf',
  'fps',
  'maf',
  'nexus',
  'mzml',
  'pdb',
]);

const ownMerge = (name: string, { merges }: Catalog): string | undefined =>
  merges.find(({ datatypes }) => datatypes?.includes(name))?.name;

/**
 * How results like this one are joined where nobody says it: by the merge of their format, under one header where the
 * format has one, other formats of lines without making one line of two, and what is not known byte by byte.
 * @throws PlanError NO_MERGE if that would give a broken or wrong file
 */
export const chooseMerge = ({ fileName, datatype }: KnownResult, catalog: Catalog = builtIn): MergeChoice => {
  const own = datatype === undefined ? undefined : ownMerge(datatype.toLowerCase(), catalog);
  if (own !== undefined) return { merge: own };
  const known = datatype === undefined ? undefined : formatForDatatype(datatype);
  // A datatype that is not known here may be one of those that cannot be joined, under the name of its extension.
  const name = datatype === undefined ? fileName : `result.${datatype}`;
  const byName = ownMerge(extensionOf(name), catalog);
  if (byName !== undefined) return { merge: byName };
  const format = (known ?? detectFormat(name))?.format.name;
  if (format !== undefined && framed.has(format)) return { merge: 'header', parameters: { format } };
  refuseUnjoinable(name);
  return { merge: format === undefined || statements.has(format) ? 'concat' : 'lines' };
};
