import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { type ApiJob, askApi } from './api-job.ts';
import { directoryForTest, startDaemon } from './daemon-process.ts';

/** A strategy that tells of eight parts, and after the fourth waits for a file. */
function contribution(directory: string): string {
  const zod = pathToFileURL(path.resolve('node_modules/zod/index.js')).href;
  const file = path.join(directory, 'slowly.mjs');
  writeFileSync(
    file,
    `import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { z } from ${JSON.stringify(zod)};
const slowly = {
  name: 'slowly',
  description: 'Tells of eight parts, four of them at once.',
  parameters: z.strictObject({}),
  inputs: { least: 0, most: 0 },
  valueNames: async () => ['n'],
  async *plan() {
    for (let index = 0; index < 8; index += 1) {
      while (index === 4 && !existsSync(${JSON.stringify(path.join(directory, 'go'))})) await setTimeout(20);
      yield { index, slices: [], values: { n: String(index) }, records: 1, cost: 1 };
    }
  },
};
export default { strategies: [slowly] };
`,
  );
  return file;
}

it('a daemon that is killed while it plans goes on with that, and neither loses a part nor has one twice', async () => {
  const directory = directoryForTest();
  const runs = directoryForTest();
  const state = path.join(directory, 'state');
  const config = path.join(directory, 'config.json');
  writeFileSync(config, JSON.stringify({ strategies: [contribution(directory)] }));
  const destination = path.join(directory, 'all.txt');
  const job = {
    command: `echo run >> ${runs}/{n}; echo {n} > {o}`,
    outputs: { o: { destination, merge: 'concat' } },
    resources: { cpus: 0.1, mem: 16 },
    split: { strategy: 'slowly' },
  };
  let daemon = startDaemon({ state, flags: ['--config', config] });
  let url = await daemon.url();
  const { status, body } = await askApi<ApiJob>(url, 'jobs', job);
  expect(status, JSON.stringify(body)).toBe(201);
  for (let kills = 0; kills < 2; kills += 1) {
    await daemon.until(() => readdirSync(runs).length === 4);
    await daemon.killed();
    daemon = startDaemon({ state, flags: ['--config', config] });
    url = await daemon.url();
  }
  const { body: planned } = await askApi<ApiJob>(url, `jobs/${body.id}`);
  expect(planned.tasks.total).toBe(4);
  expect(existsSync(destination)).toBe(false);
  writeFileSync(path.join(directory, 'go'), '');
  let end = planned;
  while (!['ok', 'error'].includes(end.state)) {
    await pause(50);
    end = (await askApi<ApiJob>(url, `jobs/${body.id}`)).body;
  }
  expect(end).toMatchObject({ state: 'ok', tasks: { total: 9, finished: 9 } });
  expect(readFileSync(destination, 'utf8')).toBe('0\n1\n2\n3\n4\n5\n6\n7\n');
  const counts = readdirSync(runs).map((part) => readFileSync(path.join(runs, part), 'utf8'));
  expect(counts).toEqual(Array(8).fill('run\n'));
});
