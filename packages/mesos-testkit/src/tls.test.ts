import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ScriptedMaster } from './scripted-master.ts';

/** A certificate that signs itself, made anew so that no private key lies in the repository. */
function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-testkit-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    execFileSync('openssl', ['req', '-x509', ...elliptic, ...names, '-keyout', key, '-out', cert], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function get(url: string, options: RequestOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(`${url}/redirect`, { agent: false, ...options }, resolve)
    .on('error', reject)
    .end();
  return promise;
}

describe('a master with TLS', () => {
  const { key, cert } = certificate();

  it('answers those who trust it, under the name it was given', async () => {
    await using master = await ScriptedMaster.listen({ tls: { key, cert }, hostname: 'localhost' });
    expect(master.url).toBe(`https://localhost:${master.port}`);
    const response = await get(master.url, { ca: cert });
    expect([response.statusCode, response.headers.location]).toStrictEqual([
      307,
      `//localhost:${master.port}`,
    ]);
    await expect(get(master.url, {})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('refuses clients without a certificate where it wants one', async () => {
    await using master = await ScriptedMaster.listen({ tls: { key, cert, ca: cert, requestCert: true } });
    await expect(get(master.url, { ca: cert })).rejects.toThrow();
    expect((await get(master.url, { ca: cert, key, cert })).statusCode).toBe(307);
  });

  it('resets connections too', async () => {
    await using master = await ScriptedMaster.listen({
      tls: { key, cert },
      play: (exchange) => exchange.reset(),
    });
    await expect(get(master.url, { ca: cert })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
