import { MesosError } from '../mesos-error.ts';

/** Where a master listens unless it was told otherwise. */
const defaultPort = 5050;

function invalid(entry: string, expected: string): MesosError {
  return new MesosError(
    'INVALID_MASTER_URL',
    `${JSON.stringify(entry)} is not the address of a master: ${expected}`,
  );
}

function parseOne(entry: string, scheme: string): URL {
  const text = entry.includes('://') ? entry : `${scheme}://${entry}`;
  if (!URL.canParse(text)) throw invalid(entry, 'expected host:5050 or http://host:5050');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid(entry, 'expected http or https');
  if (url.username !== '' || url.password !== '')
    // Without the entry itself: it holds a secret.
    throw new MesosError('INVALID_MASTER_URL', `give the credential of ${url.host} apart from its address`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw invalid(entry, 'expected no path: the paths of the API are known');
  // `URL` drops a port that is the scheme's own, so that :80 and no port look alike.
  const hasPort = /:\d+\/?$/.test(text);
  if (!hasPort) url.port = String(defaultPort);
  return url;
}

/**
 * Reads `host:5050`, `http://host:5050` or a list such as `https://a:5050,b:5050`, where entries without a
 * scheme take that of the first. A missing port is 5050. Throws INVALID_MASTER_URL, or UNSUPPORTED_MASTER_URL
 * for `zk://`.
 */
export function parseMasterList(text: string): readonly URL[] {
  if (/^\s*zk:/i.test(text))
    throw new MesosError(
      'UNSUPPORTED_MASTER_URL',
      'zk:// is not supported yet: name the masters, as in http://a:5050,b:5050; they redirect to the leader',
    );
  const entries = text.split(',').map((entry) => entry.trim());
  const scheme = /^(https?):\/\//i.exec(entries[0] ?? '')?.[1] ?? 'http';
  if (entries.includes('')) throw invalid(text, 'expected host:5050, or several with a comma between');
  return entries.map((entry) => parseOne(entry, scheme));
}
