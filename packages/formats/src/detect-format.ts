import type { Compression } from './compression/compression.ts';
import type { RecordFormat } from './record-format.ts';
import { formatForFileName, recordFormats } from './record-formats.ts';

/** What a name says of a file. Only its bytes tell whether gzip is BGZF: see `detectCompression`. */
export interface DetectedFormat {
  readonly format: RecordFormat;
  readonly compression: Compression;
}

const compressions: Readonly<Record<string, Compression>> = {
  gz: 'gzip',
  gzip: 'gzip',
  bgz: 'bgzf',
  bgzf: 'bgzf',
  bgzip: 'bgzf',
  zst: 'zstd',
  zstd: 'zstd',
  bz2: 'bzip2',
  xz: 'xz',
};

/** The name without the ending that tells a compression. Galaxy writes `vcf_bgzip` in the place of `vcf.bgzip`. */
const peel = (name: string): readonly [string, Compression] => {
  const ending = /[._]([a-z0-9]+)$/.exec(name);
  const compression = ending?.[1] === undefined ? undefined : compressions[ending[1]];
  return compression === undefined ? [name, 'none'] : [name.slice(0, ending?.index), compression];
};

const found = (format: RecordFormat | undefined, compression: Compression): DetectedFormat | undefined =>
  format === undefined ? undefined : { format, compression };

/** What a Galaxy datatype says of a file, e.g. `fastqsanger.gz`, `vcf_bgzip` or `txt`; else `undefined`. */
export const formatForDatatype = (datatype: string): DetectedFormat | undefined => {
  const [name, compression] = peel(datatype.toLowerCase());
  return found(
    recordFormats.find((format) => format.name === name || format.galaxyDatatypes.includes(name)),
    compression,
  );
};

/**
 * What is known of a file by its Galaxy datatype, or else by its name (or path), in upper or lower case; `undefined` if
 * neither tells a format.
 */
export const detectFormat = (fileName: string, datatype?: string): DetectedFormat | undefined =>
  (datatype === undefined ? undefined : formatForDatatype(datatype)) ?? byName(fileName);

const byName = (fileName: string): DetectedFormat | undefined => {
  const [name, compression] = peel(fileName.toLowerCase());
  return found(formatForFileName(name), compression);
};
