import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireRealPostgres, startPostgres } from '../../../test-fixtures/real-postgres/real-postgres.ts';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob, untilThere } from './pulsar-job.ts';

describe.skipIf(!requireRealPostgres())('two daemons with a store in PostgreSQL', () => {
  it('take over from one another, and lose no job, also one that is only frozen', async () => {
    await using postgres = await startPostgres();
    const flags = ['--store', await postgres.newDatabase()];
    const state = path.join(directoryForTest(), 'state');
    const signs = directoryForTest();
    const first = startDaemon({ state, flags });
    const url = await first.url();
    const second = startDaemon({ state, flags });
    await second.until(() => second.stderr.includes('standing by'));
    const job = await submitJob(
      callerOf(url),
      '5',
      ({ outputs }) =>
        `echo run >> ${signs}/runs; touch ${signs}/begun; while [ -d ${signs} ] && [ ! -e ${signs}/go ]; do sleep 0.05; done; ` +
        `cp ${signs}/runs ${outputs}/runs`,
    );
    await untilThere(signs, 'begun');
    first.signal('SIGSTOP');
    const caller = callerOf(await second.url());
    writeFileSync(path.join(signs, 'go'), '');
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await caller.download(job.id, 'runs')).toBe('run\n');
    first.signal('SIGCONT');
    await first.until(() => first.stderr.includes('another daemon has the store now'));
    await first.until(() => first.stderr.includes('"standing by"'));
    await second.killed();
    await first.until(async () => {
      const answer = await fetch(`${url}/jobs/5/status`).catch(() => undefined);
      return answer?.status === 200;
    });
    expect(await callerOf(url).download(job.id, 'runs')).toBe('run\n');
  });
});
