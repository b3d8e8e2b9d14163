import { expect, test } from 'vitest';
import { type Exchange, recordedExchanges } from '../../../../test-fixtures/pulsar-0.16.0/exchange.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';
import { ScriptJobService } from '../../test-helpers/script-job-service.ts';

/** Where a Pulsar answers that something went wrong in it, this door says what is wrong with the request. */
function expectedStatus({ path, status }: Exchange): number {
  if (status < 500) return status;
  return path.startsWith('/objects') ? 400 : 404;
}

/** Lists in which each server has files of its own. */
const free = ['job_directory_contents', 'metadata_directory_contents'];

const exchanges = recordedExchanges();

test('the door answers all that was recorded of Pulsar with the same status, keys and values', async () => {
  const jobs = new ScriptJobService();
  await using server = await PulsarServer.start({ jobs });
  await using _jobs = { [Symbol.asyncDispose]: async () => jobs.stop() };
  const placed = (text: string) => text.replaceAll('/srv/staging', `${server.staging}/default/_default_`);
  let compared = 0;
  for (const exchange of exchanges.filter(isOfTheProtocol)) {
    await sameState(server, exchange, placed);
    const response = await ask(server, exchange, placed);
    const name = `${exchange.method} ${exchange.path}`;
    expect([name, response.statusCode]).toEqual([name, expectedStatus(exchange)]);
    if (response.statusCode !== 200 || isMeasured(exchange)) continue;
    expectSameAnswer(name, parsed(response.body), parsed(placed(exchange.answer)));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(100);
}, 120_000);

/** How many times somebody asks until a job or a cached file is there is no part of the protocol. */
function isOfTheProtocol({ answer }: Exchange): boolean {
  const status = parsed(answer);
  if (isObject(status) && status.ready === false) return false;
  return !isStatus(status) || status.complete === 'true' || status.status === 'preprocessing';
}

/** When a job ran, and with how much. */
const isMeasured = ({ query }: Exchange): boolean => query.name?.startsWith('__instrument_') ?? false;

async function sameState(
  server: PulsarServer,
  exchange: Exchange,
  placed: (text: string) => string,
): Promise<void> {
  const recorded = parsed(exchange.answer);
  if (!isStatus(recorded)) return;
  await expect
    .poll(async () => parsed((await ask(server, exchange, placed)).body), { timeout: 60_000 })
    .toHaveProperty('status', recorded.status);
}

function ask(server: PulsarServer, exchange: Exchange, placed: (text: string) => string) {
  const query = Object.entries(exchange.query).map(([name, value]) => [
    name,
    name === 'command_line' ? commandLine(exchange, placed) : placed(value),
  ]);
  return server.app.inject({
    method: exchange.method as 'GET',
    url: exchange.path,
    query: Object.fromEntries(query) as Record<string, string>,
    payload: placed(exchange.body),
    headers: exchange.contentType === undefined ? {} : { 'content-type': exchange.contentType },
  });
}

function expectSameAnswer(name: string, actual: unknown, recorded: unknown): void {
  if (!isObject(recorded) || !isObject(actual)) {
    expect([name, actual]).toEqual([name, recorded]);
    return;
  }
  expect([name, Object.keys(actual).sort()]).toEqual([name, Object.keys(recorded).sort()]);
  for (const [key, value] of Object.entries(recorded)) {
    if (free.includes(key)) expect(actual[key]).toBeInstanceOf(Array);
    else expect([name, key, sorted(actual[key])]).toEqual([name, key, sorted(value)]);
  }
}

/** A command that makes what the recorded tool made: the files that were fetched later, and what the status told. */
function commandLine(submit: Exchange, placed: (text: string) => string): string {
  const job = submit.path.replace('/submit', '');
  const status = exchanges
    .filter(({ path }) => path === `${job}/status`)
    .map(({ answer }) => parsed(answer))
    .findLast(isStatus);
  if (status?.returncode !== 4) return submit.query.command_line ?? '';
  const texts = new Map<string, string>(
    [
      ...(status.outputs_directory_contents ?? []).map((name) => `../outputs/${name}`),
      ...(status.working_directory_contents ?? []).map((name) => `./${name}`),
    ].map((name) => [name, '']),
  );
  // What was there before the tool ran stays.
  texts.delete('./config.txt');
  for (const { path, contents } of status.realized_dynamic_file_sources ?? [])
    texts.set(`./${path}`, contents);
  for (const { method, path, query, status: found, answer } of exchanges) {
    if (method !== 'GET' || path !== `${job}/files` || found !== 200) continue;
    texts.set(`${directories[query.type ?? '']}/${query.name}`, answer);
  }
  const lines = [...texts].map(([name, text]) => {
    const bytes = Buffer.from(placed(text)).toString('base64');
    return `mkdir -p "$(dirname '${name}')"; printf %s '${bytes}' | base64 -d > '${name}'`;
  });
  return [...lines, 'exit 4'].join('\n');
}

const directories: Readonly<Record<string, string>> = {
  output: '../outputs',
  output_workdir: '.',
  output_metadata: '../metadata',
};

interface RecordedStatus {
  readonly status: string;
  readonly complete: string;
  readonly returncode?: number | null;
  readonly outputs_directory_contents?: readonly string[];
  readonly working_directory_contents?: readonly string[];
  readonly realized_dynamic_file_sources?: readonly { readonly path: string; readonly contents: string }[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isStatus = (value: unknown): value is RecordedStatus =>
  isObject(value) && 'complete' in value && 'status' in value;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? [...value].sort() : value;
