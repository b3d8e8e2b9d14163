import path from 'node:path';
import { type Compression, detectFormat } from '@galaxy-mesos/formats';

/** How Galaxy's datatypes end for files that are compressed. */
const endings: Readonly<Record<Compression, string>> = {
  none: '',
  gzip: '.gz',
  bgzf: '.gz',
  bzip2: '.bz2',
  xz: '.xz',
  zstd: '.zst',
};

/** Galaxy's name of the format of a file, as its name tells it. */
export function datatypeOfFile(file: string): string {
  const detected = detectFormat(file);
  if (!detected) return path.extname(file).slice(1).toLowerCase() || 'data';
  const { format, compression } = detected;
  if (format.name === 'vcf' && (compression === 'gzip' || compression === 'bgzf')) return 'vcf_bgzip';
  return `${format.galaxyDatatypes[0] ?? format.name}${endings[compression]}`;
}
