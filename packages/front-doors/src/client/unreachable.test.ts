import { expect, it } from 'vitest';
import { unreachable } from './unreachable.ts';

const failed = (code: string, message: string, more: object = {}) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code, ...more }) });

it.each([
  [
    failed('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'),
    'no daemon answers at https://h:1: connect ECONNREFUSED 127.0.0.1:1',
  ],
  [
    failed('ENOTFOUND', 'getaddrinfo ENOTFOUND h'),
    'no daemon answers at https://h:1: no host of this name is known',
  ],
  [
    failed('EPROTO', 'write EPROTO 40:error:wrong version number:tls.c:77:\n'),
    'no daemon answers at https://h:1: what is there speaks no TLS; its address is http:',
  ],
  [
    new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]),
    'no daemon answers at https://h:1: refused by ::1; refused by 127.0.0.1',
  ],
])('says in one line why nobody answers: %s', (error, message) => {
  expect(unreachable('https://h:1/', error)).toMatchObject({ code: 'UNREACHABLE', message });
});

it('guesses that something speaks TLS which closes the connection', () => {
  const error = failed('UND_ERR_SOCKET', 'other side closed');
  expect(unreachable('http://h:1/api/v1/events?private_token=x', error).message).toBe(
    'no daemon answers at http://h:1: other side closed (if it speaks TLS, its address begins with https:)',
  );
  expect(unreachable('https://h:1', error).message).toBe(
    'no daemon answers at https://h:1: other side closed',
  );
});

it.each([
  [
    failed('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate; if the root CA is installed, do this'),
    'self-signed certificate; if its authority is one of your own, name that: NODE_EXTRA_CA_CERTS=FILE',
  ],
  [failed('CERT_HAS_EXPIRED', 'certificate has expired'), 'it has expired; the daemon needs a new one'],
  [
    failed('ERR_TLS_CERT_ALTNAME_INVALID', 'no', { cert: { subjectaltname: 'DNS:localhost' } }),
    'it is for DNS:localhost; ask by a name that stands in it',
  ],
])('says what is wrong with a certificate: %s', (error, text) => {
  expect(unreachable('https://h:1', error)).toMatchObject({
    ...{ code: 'UNTRUSTED', message: `the certificate of https://h:1 is not trusted: ${text}` },
  });
});
