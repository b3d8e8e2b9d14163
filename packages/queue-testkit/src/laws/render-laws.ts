import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BatchJobRequest, Dialect } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import type { DialectClaims, RenderedJob } from '../claims.ts';
import { frozen, resultOrRefusal } from '../expectations.ts';
import { type Law, law } from '../law.ts';
import { hostileCases, hostileRequests, plainRequest, printed, usualRequests } from '../requests.ts';

const execute = promisify(execFile);

/** Queueing systems count walltimes in minutes at worst. */
const coarsest = 60;

/** Laws of what is submitted. */
export const lawsOfRendering = (dialect: Dialect, claims: DialectClaims): readonly Law[] => [
  law(`${dialect.name} says in a job what was asked for`, () => {
    fc.assert(
      fc.property(usualRequests(claims), (request) => {
        assertSays(claims.readBack(dialect.submit(request)), request);
      }),
    );
  }),
  law(`${dialect.name} submits the text that it shows`, () => {
    const request = plainRequest(claims);
    const { program, input } = dialect.submit(request);
    assert.match(program, /^[\w./-]+$/);
    assert.equal(input, dialect.render(request), 'what is submitted is the standard input of the command');
  }),
  law(
    `${dialect.name} renders a job twice in the same way, and changes nothing of what was asked for`,
    () => {
      fc.assert(
        fc.property(usualRequests(claims), (request) => {
          const first = dialect.render(frozen(structuredClone(request)));
          assert.equal(dialect.render(structuredClone(request)), first);
          assert.deepEqual(dialect.submit(request), dialect.submit(structuredClone(request)));
        }),
      );
    },
  ),
  law(`${dialect.name} refuses hostile values, or lets nothing be read out of them`, () => {
    const check = (request: BatchJobRequest) => assertNoLineMore(dialect, claims, request);
    for (const request of hostileCases(claims)) check(request);
    fc.assert(fc.property(hostileRequests(claims), check));
  }),
  ...(claims.directive === undefined ? [] : lawsOfScripts(dialect, claims, claims.directive)),
];

function assertSays(said: RenderedJob, request: BatchJobRequest): void {
  const { name, log, cpus, queue, account } = request;
  assert.equal(said.name, name);
  assert.equal(said.log, log);
  if (said.cpus !== undefined) assert.equal(said.cpus, cpus);
  if (said.queue !== undefined) assert.equal(said.queue, queue);
  if (said.account !== undefined) assert.equal(said.account, account);
  const longer = said.walltimeSeconds - request.walltimeSeconds;
  assert(
    longer >= 0 && longer < coarsest,
    `a walltime of ${said.walltimeSeconds} s, not ${request.walltimeSeconds} s`,
  );
  // Where memory is asked for by the core, each core's share is rounded up.
  const more = (said.memMb ?? request.memMb) - request.memMb;
  assert(more >= 0 && more < cpus + 1, `${said.memMb} MB of memory, not ${request.memMb} MB`);
}

function assertNoLineMore(dialect: Dialect, claims: DialectClaims, request: BatchJobRequest): void {
  const text = resultOrRefusal(() => dialect.render(request));
  if (text === undefined) return;
  assert(!text.includes('\u0000'), 'a NUL byte in what is submitted');
  const lines = linesOf(text, claims).length;
  const most = linesOf(dialect.render(harmless(request, claims)), claims).length;
  assert(lines <= most, `${lines} lines, and without the hostile values ${most}:\n${text}`);
}

/** Lines, by every line end that anybody may know; of a script those that are directives. */
const linesOf = (text: string, { directive = '' }: DialectClaims): readonly string[] =>
  text.split(/\r\n|[\n\r\u2028\u2029\u0085]/).filter((line) => line.startsWith(directive));

/** As many directives and nodes, without anything that means something. */
function harmless(request: BatchJobRequest, claims: DialectClaims): BatchJobRequest {
  const plain = plainRequest(claims);
  return {
    ...plain,
    ...(request.queue === undefined ? {} : { queue: plain.queue ?? 'main' }),
    ...(request.account === undefined ? {} : { account: plain.account ?? 'lab' }),
    extra: request.extra.map(() => claims.extra ?? ''),
    excludedNodes: request.excludedNodes.map(() => 'node1'),
  };
}

const lawsOfScripts = (dialect: Dialect, claims: DialectClaims, directive: string): readonly Law[] => [
  law(
    `${dialect.name} has its directives after the first line of a script, and the script after them`,
    () => {
      fc.assert(
        fc.property(usualRequests(claims), (usual) => {
          const request = { ...usual, extra: claims.extra === undefined ? [] : [claims.extra] };
          const text = dialect.render(request);
          const [first, ...rest] = text.split('\n');
          assert.equal(first, request.script.split('\n')[0]);
          const block = rest.findIndex((line) => !line.startsWith(`${directive} `));
          assert(block > 0, `there is no directive in the second line:\n${text}`);
          const stray = rest.slice(block).find((line) => line.startsWith(directive));
          assert.equal(stray, undefined, 'a directive after the first command is not read');
          for (const line of request.extra) assert(rest.slice(0, block).includes(line), `${line} is missing`);
          assert(
            text.endsWith(request.script.slice(request.script.indexOf('\n'))),
            'the script is not whole',
          );
        }),
      );
    },
  ),
  law(`${dialect.name} lets bash run nothing but the script, whatever stands in values`, async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'galaxy-mesos-law-'));
    try {
      const check = (request: BatchJobRequest) => assertOnlyScriptRuns(dialect, request, directory);
      for (const request of hostileCases(claims)) await check(request);
      await fc.assert(fc.asyncProperty(hostileRequests(claims), check));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }),
];

async function assertOnlyScriptRuns(
  dialect: Dialect,
  request: BatchJobRequest,
  directory: string,
): Promise<void> {
  const text = resultOrRefusal(() => dialect.render(request));
  if (text === undefined) return;
  // The directories of the job are not there: it may end at once, having done nothing.
  const { stdout } = await execute('bash', ['-c', text], { cwd: directory }).catch((error) => error);
  assert(['', `${printed}\n`].includes(stdout), `bash printed something else, ${stdout}:\n${text}`);
  assert.deepEqual(await readdir(directory), [], `bash has made a file:\n${text}`);
}
