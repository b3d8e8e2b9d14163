import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { directoryForTest, startDaemon } from './daemon-process.ts';

/** A certificate that signs itself, made anew so that no private key lies in the repository. */
function makeCertificate(directory: string): void {
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const files = ['-keyout', path.join(directory, 'key.pem'), '-out', path.join(directory, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', ...elliptic, ...names, ...files], { stdio: 'ignore' });
}

/** What the daemon shows of itself to whoever connects now. */
async function fingerprint(url: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasOpenssl())('a daemon with TLS', () => {
  it('serves whoever trusts it, and shows another certificate after SIGHUP without closing', async () => {
    const directory = directoryForTest();
    makeCertificate(directory);
    const file = path.join(directory, 'a.yml');
    writeFileSync(file, 'tls: {certificate: cert.pem, key: key.pem}\n');
    const daemon = startDaemon({ state: path.join(directory, 'state'), flags: ['--config', file] });
    const url = await daemon.url();
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const doctor = ['doctor', '--galaxy', '--daemon', url];
    const trusting = await runCommand(doctor, { NODE_EXTRA_CA_CERTS: path.join(directory, 'cert.pem') });
    expect(trusting.stdout).toContain(`      url: ${url}/\n`);
    expect(trusting.code).toBe(0);
    const distrusting = await runCommand(doctor);
    expect(distrusting.code).toBe(1);
    expect(distrusting.stdout).toMatch(/-> let Node and Galaxy trust the certificate: NODE_EXTRA_CA_CERTS/);

    const before = await fingerprint(url);
    makeCertificate(directory);
    daemon.signal('SIGHUP');
    await daemon.until(async () => (await fingerprint(url)) !== before);

    const good = await fingerprint(url);
    writeFileSync(path.join(directory, 'cert.pem'), readFileSync(path.join(directory, 'key.pem')));
    daemon.signal('SIGHUP');
    await daemon.until(() => daemon.stderr.includes('nothing was changed'));
    expect(await fingerprint(url)).toBe(good);
  });
});
