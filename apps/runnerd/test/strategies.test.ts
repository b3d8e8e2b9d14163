import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ApiJob, askApi } from './api-job.ts';
import { DaemonProcess, directoryForTest, startDaemon } from './daemon-process.ts';

const zod = import.meta.resolve('zod');

/** Runs a command for each letter of a word, and joins with the word itself; notes which processes load it. */
const spelling = (loads: string): string => `
import { appendFileSync, writeFileSync } from 'node:fs';
import { z } from ${JSON.stringify(zod)};
appendFileSync(${JSON.stringify(loads)}, process.pid + '\\n');
export default {
  strategies: [{
    name: 'spell',
    description: 'A run for each letter.',
    parameters: z.strictObject({ word: z.string('expected a word') }),
    inputs: { least: 0, most: 0 },
    valueNames: async () => ['letter'],
    async *plan(inputs, { word }) {
      for (const [index, letter] of [...word].entries())
        yield { index, slices: [], values: { letter }, records: 0, cost: 1 };
    },
    merge: () => ({ merge: 'dashed' }),
  }],
  merges: [{
    name: 'dashed',
    description: 'Joins with dashes.',
    parameters: z.strictObject({}),
    how: {
      kind: 'here',
      join: async ({ parts, destination }) => writeFileSync(destination, parts.length + '-part'),
    },
  }],
};`;

/** A directory with a module and a configuration that names it. */
function configured(strategies: string, module = ''): { config: string; directory: string; loads: string } {
  const directory = directoryForTest();
  mkdirSync(path.join(directory, 'modules'));
  const loads = path.join(directory, 'loads');
  writeFileSync(path.join(directory, 'modules/spell.mjs'), module || spelling(loads));
  const config = path.join(directory, 'galaxy-mesos.yml');
  writeFileSync(config, `strategies: [${strategies}]\n`);
  return { config, directory, loads };
}

const job = (directory: string, parameters: object) => ({
  command: 'echo {letter} > {out}',
  outputs: { out: path.join(directory, 'out') },
  split: { strategy: 'spell', parameters },
});

describe('strategies of the configuration', () => {
  it('cut and join jobs, and are never loaded by the daemon itself', async () => {
    const { config, directory, loads } = configured('./modules/spell.mjs');
    const daemon = startDaemon({ state: path.join(directory, 'state'), flags: ['--config', config] });
    const url = await daemon.url();
    const { status, body } = await askApi<ApiJob>(url, 'jobs', job(directory, { word: 'abc' }));
    expect(status).toBe(201);
    await daemon.until(async () => {
      const { body: view } = await askApi<ApiJob>(url, `jobs/${body.id}`);
      return view.state === 'ok' || view.state === 'error';
    });
    expect((await askApi<ApiJob>(url, `jobs/${body.id}`)).body).toMatchObject({
      state: 'ok',
      tasks: { total: 3 },
    });
    expect(readFileSync(path.join(directory, 'out'), 'utf8')).toBe('3-part');
    const processes = readFileSync(loads, 'utf8').trim().split('\n');
    expect(processes.length).toBeGreaterThan(2);
    expect(processes).not.toContain(String(daemon.child.pid));
  });

  it('say what is wrong with their parameters when the job is submitted', async () => {
    const { config, directory } = configured('./modules/spell.mjs');
    const daemon = startDaemon({ state: path.join(directory, 'state'), flags: ['--config', config] });
    const { status, body } = await askApi(await daemon.url(), 'jobs', job(directory, { wort: 'abc' }));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('strategy spell: word: expected a word');
  });

  it.each([
    [[], 'no-such-package', '', 'no-such-package: no package of this name can be imported in '],
    [['--check-config'], './modules/spell.mjs', 'export const x = 1;', 'spell.mjs: it has no default export'],
  ])('keep the daemon from starting (%j) where %s brings none', async (flags, named, module, message) => {
    const { config, directory } = configured(named, module);
    const start = { state: path.join(directory, 'state'), flags: ['--config', config, ...flags] };
    const { code, stdout, stderr } = await new DaemonProcess(start).ended();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('galaxy-mesos: strategies: ');
    expect(stderr).toContain(message);
  });
});
