// Records what Pulsar's own client says to Pulsar's own server, and what is answered. Run with Node after
// `npm run setup:pulsar`; it writes exchanges.jsonl beside itself.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { pulsarCheck, startPulsar } from '../real-pulsar/real-pulsar.ts';
import type { Exchange } from './exchange.ts';

await using pulsar = await startPulsar();
const exchanges: Exchange[] = [];

/** What stands for a cached file, by what would if its path were the made-up one. */
const cacheTokens = new Map<string, string>();
const cacheToken = (path: string): string =>
  createHash('sha256').update(`IP:127.0.0.1:${path}`).digest('hex');

/** Names of this machine's directories are nobody's business, and would not be the same again. */
const madeUp = (text: string): string =>
  [...cacheTokens]
    .reduce((changed, [token, replacement]) => changed.replaceAll(token, replacement), text)
    .replaceAll(pulsar.staging, '/srv/staging')
    .replaceAll(pulsar.staging.replace('/staging', ''), '/srv')
    .replaceAll(/\/tmp\/pulsar-check-client\.\w+/g, '/galaxy');

async function bytesOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const proxy = createServer(async (asked, answer) => {
  const body = await bytesOf(asked);
  const url = new URL(asked.url ?? '/', pulsar.url);
  const cached = url.pathname.startsWith('/cache') ? url.searchParams.get('path') : null;
  if (cached !== null) cacheTokens.set(cacheToken(cached), cacheToken(madeUp(cached)));
  const options = { method: asked.method, headers: { ...asked.headers, host: url.host } };
  const passedOn = request(url, options, async (answered) => {
    const text = await bytesOf(answered);
    exchanges.push({
      method: asked.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries([...url.searchParams].map(([name, value]) => [name, madeUp(value)])),
      ...(asked.headers['content-type'] ? { contentType: asked.headers['content-type'] } : {}),
      // The program that the check sends is Pulsar's, and not kept here.
      body: /script\.py/.test(url.search) && asked.method === 'POST' && body !== '' ? '' : madeUp(body),
      status: answered.statusCode ?? 0,
      answer: madeUp(text),
    });
    answer.writeHead(answered.statusCode ?? 500, { 'content-length': Buffer.byteLength(text) }).end(text);
  });
  passedOn.end(body);
});
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`;
const ask = async (path: string, method = 'GET') => (await fetch(url + path, { method })).text();

await pulsarCheck({ url, flags: ['--job_id=123456'] });
await pulsarCheck({ url, flags: ['--job_id=777', '--test_errors', '--explicit_tool_declarations'] });
await pulsarCheck({ url, flags: ['--job_id=888', '--cache', '--legacy_galaxy_json'] });

// A job that is not known.
await ask('jobs/99/status?job_id=99');
await ask('jobs/99/cancel?job_id=99', 'PUT');
await ask('jobs/99?job_id=99', 'DELETE');

// A job that is cancelled while it runs.
await ask('jobs?job_id=55&tool_id=cat1&use_metadata=true', 'POST');
await ask('jobs/55/status?job_id=55');
await ask('jobs/55/files/path?job_id=55&name=x/y.txt&type=input');
await ask(`jobs/55/submit?job_id=55&command_line=${encodeURIComponent('sleep 100')}`, 'POST');
while (!(await ask('jobs/55/status?job_id=55')).includes('"running"')) await wait(500);
await ask('jobs/55/cancel?job_id=55', 'PUT');
while (!(await ask('jobs/55/status?job_id=55')).includes('"true"')) await wait(500);
await ask('jobs/55/files?job_id=55&name=none.dat&type=output');
await ask('jobs/55/?job_id=55');
await ask('jobs/55?job_id=55', 'DELETE');

// The same by the name of the manager, and by that of none.
await ask('managers/_default_/jobs?job_id=56', 'POST');
await ask('managers/_default_/jobs/56?job_id=56', 'DELETE');
await ask('managers/unknown/jobs?job_id=56', 'POST');
await ask('objects/1/exists');

const lines = exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`);
writeFileSync(new URL('exchanges.jsonl', import.meta.url), lines.join(''));
proxy.close();
proxy.closeAllConnections();
