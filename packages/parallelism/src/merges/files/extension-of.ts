import { basename } from 'node:path';

const compression = /\.(?:gz|bgz|bgzf|bz2|xz|zst)$/;

/** What a file name says, when nothing but its extension counts: that before the one of its compression. */
export const extensionOf = (fileName: string): string =>
  /\.([^./]+)$/.exec(basename(fileName).toLowerCase().replace(compression, ''))?.[1] ?? '';
