import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strategyNamed } from '@galaxy-mesos/parallelism';
import { describe, expect, it, onTestFinished } from 'vitest';
import { strategyLaws } from '../src/index.ts';

/** Only its name counts: the thread loads the strategy itself. */
const one = { ...strategyNamed('records'), name: 'one' };

describe('the law of memory', () => {
  it('holds of what streams, and finds what reads the whole file, or keeps its parts', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'memory-laws-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const zod = JSON.stringify(import.meta.resolve('zod'));
    const held = async (body: string): Promise<string | undefined> => {
      const module = path.join(directory, `module-${body.length}.mjs`);
      await writeFile(
        module,
        `import { z } from ${zod};
        import { createReadStream } from 'node:fs';
        import { readFile } from 'node:fs/promises';
        const part = { index: 0, slices: [], records: 0, cost: 1 };
        const parameters = z.strictObject({});
        const rest = { name: 'one', description: 'One part.', parameters, inputs: { least: 1, most: 1 } };
        async function* plan([input]) { ${body} yield part; }
        export default { strategies: [{ ...rest, plan }] };`,
      );
      const sample = { title: '40 MB', inputs: { file: 'x'.repeat(40_000_000) } };
      const memory = { sample, modules: [module], megabytes: 24 };
      const laws = strategyLaws(one, { samples: [], memory });
      const law = laws.find(({ name }) => name.includes('in little memory'));
      return law?.run().then(() => 'holds', String);
    };
    const stream = 'createReadStream(input.paths[0])';
    expect(await held(`for await (const _ of ${stream});`)).toBe('holds');
    expect(
      await held(
        'const whole = await readFile(input.paths[0]); yield { ...part }; part.index = whole.length > 0 ? 1 : 2;',
      ),
    ).toContain('buffers of at most 24 MiB');
    expect(
      await held(
        'const kept = []; for (let i = 0; i < 1e7; i += 1) kept.push({ i }); part.cost = kept.length;',
      ),
    ).toContain('ERR_WORKER_OUT_OF_MEMORY');
  });
});
