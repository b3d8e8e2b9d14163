import path from 'node:path';
import { detectFormat, openDecoded, recordFormatNamed, scanRecords } from '@galaxy-mesos/formats';
import { builtIn, type Catalog } from '../catalog.ts';
import type { MergeChoice } from '../merges/merge.ts';
import { PlanError } from '../plan-error.ts';
import { defaultMerge } from '../plan-language/default-merge.ts';
import { contentOfFile, type FileContent } from './content-of-file.ts';

/** Names that say nothing: those of Galaxy's datasets. */
const namesNothing = /(?:\.dat|^[^.]+)$/i;

/**
 * How results of this name are joined: as the name tells, or, where it tells nothing, as they are inside.
 * @param paths of the results; those that are empty tell nothing
 * @throws PlanError NO_MERGE
 */
export async function mergeOfContent(
  fileName: string,
  paths: readonly string[],
  catalog: Catalog = builtIn,
): Promise<MergeChoice> {
  if (!namesNothing.test(path.basename(fileName)) || detectFormat(fileName)) {
    return defaultMerge({ fileName }, catalog);
  }
  const contents = await tellingContents(paths);
  const [first] = contents;
  if (!first) return { merge: 'concat' };
  const datatypes = new Set(contents.map(datatypeOf));
  if (datatypes.size === 1) {
    const [datatype = ''] = datatypes;
    return choiceOf(fileName, datatype, catalog);
  }
  if (contents.every(({ compression }) => compression === first.compression)) {
    // What kind of a table it is was guessed by the rows of each part: a heading is one in all of them.
    if (contents.every(isTable)) return { merge: 'header', parameters: { format: 'tabular' } };
    // A table of which one part has other columns is a text all the same.
    if (contents.every((content) => isTable(content) || isText(content))) return { merge: 'lines' };
  }
  const text = `${fileName}: the parts have made results of several kinds (${[...datatypes].join(', ')}), which cannot be joined`;
  throw new PlanError('NO_MERGE', text);
}

function choiceOf(fileName: string, datatype: string, catalog: Catalog): MergeChoice {
  const isKnown = !datatype.startsWith('data');
  if (isKnown) return defaultMerge({ fileName, datatype }, catalog);
  const text = `${fileName}: nothing is known of what is in it, so that its parts cannot be joined: choose a merge, such as first or concat`;
  throw new PlanError('NO_MERGE', text);
}

/** Of the files that are not empty; where there are tables, one that has nothing but a heading tells nothing either. */
async function tellingContents(paths: readonly string[]): Promise<readonly FileContent[]> {
  const contents: FileContent[] = [];
  const headings: FileContent[] = [];
  for (const file of paths) {
    const content = await contentOfFile(file);
    if (!content) continue;
    const isHeading = isText(content) && (await isHeadingAlone(file));
    (isHeading ? headings : contents).push(content);
  }
  return contents.length > 0 && contents.every(isTable) ? contents : [...contents, ...headings];
}

async function isHeadingAlone(file: string): Promise<boolean> {
  await using source = await openDecoded(file);
  for await (const starts of scanRecords(recordFormatNamed('tabular'), source).starts) {
    if (starts.length > 0) return false;
  }
  return true;
}

const isText = ({ datatype }: FileContent): boolean => datatype === 'txt';
const isTable = ({ datatype }: FileContent): boolean => ['tabular', 'bed', 'gff3', 'gtf'].includes(datatype);

/** As Galaxy calls it; what is compressed by its own format has no other name. */
function datatypeOf({ datatype, compression }: FileContent): string {
  if (compression === 'none' || ['bam', 'bcf', 'data'].includes(datatype)) return datatype;
  if (datatype === 'vcf' && compression === 'bgzf') return 'vcf_bgzip';
  return `${datatype}.${compression === 'zstd' ? 'zst' : 'gz'}`;
}
