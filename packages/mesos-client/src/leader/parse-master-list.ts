import { MesosError } from '../mesos-error.ts';
import type { MasterScheme } from './master-detector.ts';
import { withoutCredential } from './redact.ts';

/** Where a master listens unless it was told otherwise. */
export const defaultMasterPort = 5050;

function invalid(entry: string, expected: string): MesosError {
  return new MesosError(
    'INVALID_MASTER_URL',
    `${JSON.stringify(withoutCredential(entry))} is not the address of a master: ${expected}`,
    { setting: 'master' },
  );
}

function parseOne(entry: string, scheme: string): URL {
  const text = entry.includes('://') ? entry : `${scheme}://${entry}`;
  if (!URL.canParse(text)) throw invalid(entry, 'expected host:5050 or http://host:5050');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid(entry, 'expected http or https');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw invalid(entry, 'expected no path: the paths of the API are known');
  // `URL` drops a port that is the scheme's own, so that :80 and no port look alike.
  const hasPort = /:\d+\/?$/.test(text);
  if (!hasPort) url.port = String(defaultMasterPort);
  if (url.port === '0') throw invalid(entry, 'expected a port from 1 to 65535');
  return url;
}

/**
 * Reads `host:5050`, `http://host:5050` or a list such as `https://a:5050,b:5050`, where entries without a scheme
 * take that of the first, and `scheme` where that has none either. A missing port is 5050. Throws
 * INVALID_MASTER_URL.
 */
export function parseMasterList(text: string, scheme: MasterScheme): readonly URL[] {
  // Before anything else: a comma in a password would spread it over entries.
  if (text.includes('@'))
    throw new MesosError(
      'INVALID_MASTER_URL',
      `give the credential of ${withoutCredential(text)} apart from its address`,
      { setting: 'master' },
    );
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) throw invalid(text, 'expected host:5050, or several with a comma between');
  const first = /^(https?):\/\//i.exec(entries[0] ?? '')?.[1] ?? scheme;
  return entries.map((entry) => parseOne(entry, first));
}
