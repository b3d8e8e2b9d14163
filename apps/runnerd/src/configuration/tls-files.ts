import { createSecureContext } from 'node:tls';
import { messageOf } from '../runnerd-error.ts';
import { pathTrouble } from '../system-words.ts';

/** A certificate with its key, as PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate that was read, or why it could not be, and by which of the two files. */
export type ReadCertificate =
  | { readonly certificate: Certificate; readonly problem?: never }
  | { readonly problem: string; readonly setting: 'certificate' | 'key' };

/** Reads certificate and key, and looks whether they belong together. */
export function readCertificate(
  files: { readonly certificate: string; readonly key: string },
  read: (file: string) => string,
): ReadCertificate {
  const texts = { certificate: '', key: '' };
  for (const setting of ['certificate', 'key'] as const) {
    try {
      texts[setting] = read(files[setting]);
    } catch (error) {
      return { setting, problem: pathTrouble(error, files[setting]) };
    }
  }
  try {
    createSecureContext({ cert: texts.certificate, key: texts.key });
    return { certificate: texts };
  } catch (error) {
    const text = `${files.certificate} and ${files.key} are no certificate with its key, in PEM: ${messageOf(error)}`;
    return { setting: 'certificate', problem: text };
  }
}
