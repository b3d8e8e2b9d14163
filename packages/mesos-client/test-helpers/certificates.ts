import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority with what it has signed. */
export interface Certificates {
  /** The authority's own certificate, in PEM. */
  readonly ca: string;
  /** For 127.0.0.1 and localhost. */
  readonly server: KeyPair;
  readonly client: KeyPair;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function sign(folder: string, name: string, extensions: string): KeyPair {
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  writeFileSync(file('ext'), extensions);
  openssl('req', ...newKey, '-keyout', file('key'), '-out', file('csr'), '-subj', `/CN=${name}`);
  const authority = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial'];
  openssl('x509', '-req', '-in', file('csr'), ...authority, '-out', file('crt'), '-extfile', file('ext'));
  return { cert: readFileSync(file('crt'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
}

/** Makes certificates that only this test knows: no private key lies in the repository. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-client-tls-'));
  try {
    const path = (name: string) => join(folder, name);
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      path('ca.key'),
      '-out',
      path('ca.crt'),
      '-subj',
      '/CN=test CA',
    );
    return {
      ca: readFileSync(path('ca.crt'), 'utf8'),
      server: sign(folder, 'server', 'subjectAltName=IP:127.0.0.1,DNS:localhost'),
      client: sign(folder, 'client', 'extendedKeyUsage=clientAuth'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Tells whether `openssl` is here; where it is not, says so in a line, or throws with CI=true. */
export function requireOpenssl(): boolean {
  try {
    openssl('version');
    return true;
  } catch (cause) {
    const advice = 'there is no `openssl` to make certificates with: install the package openssl';
    if (env.CI === 'true') throw new Error(advice, { cause });
    console.warn(`Skipped: ${advice}`);
    return false;
  }
}
