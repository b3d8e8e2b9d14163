import { type Compression, formatForDatatype, sniffFile } from '@galaxy-mesos/formats';

/** What is known of a file by its bytes. */
export interface FileContent {
  /** Galaxy's name of its datatype, without that of a compression. */
  readonly datatype: string;
  /** The name of a format whose records can be told apart, if it is of one. */
  readonly format?: string;
  readonly compression: Compression;
}

/** What a file is by its bytes, whatever its name is, as with datasets of Galaxy; `undefined` if it is empty. */
export async function contentOfFile(path: string): Promise<FileContent | undefined> {
  const found = await sniffFile(path);
  if (found === undefined) return undefined;
  const format = formatForDatatype(found.datatype)?.format.name;
  return { ...found, ...(format !== undefined && { format }) };
}

/** Whether a word is a name of what is in a file: of its format, or of a datatype of Galaxy's that has such records. */
export function isOfFormat(content: FileContent | undefined, word: string): boolean {
  if (!content) return false;
  if (word === content.datatype) return true;
  return content.format !== undefined && (formatForDatatype(word)?.format.name ?? word) === content.format;
}
