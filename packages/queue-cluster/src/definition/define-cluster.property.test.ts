import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { defineCluster } from './define-cluster.ts';
import { clusterDefinitionSchema } from './definition.ts';
import { defaultSettingsSchema } from './settings.ts';

const settingNames = [...Object.keys(defaultSettingsSchema.shape), 'on', 'setup', 'image', 'ssh', 'unknown'];
const value = fc.oneof(
  fc.string(),
  fc.constantFrom('8h', '32G', 'slurm', 'here', '$HOME', '/tmp', '#SBATCH -x', 'a\nb', '$(id)', "'; id"),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);
const pool = fc.dictionary(fc.constantFrom(...settingNames), value, { maxKeys: 6 });
const anyFile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.jsonValue().map((json) => stringify(json)),
  fc
    .record(
      {
        on: fc.constantFrom('slurm', 'sge', 'shell', 'x'),
        master: value,
        defaults: pool,
        pools: fc.dictionary(fc.constantFrom('a', 'b', 'c-d'), pool, { maxKeys: 3 }),
      },
      { requiredKeys: [] },
    )
    .map((file) => stringify(file)),
);

describe('any file', () => {
  it('is either a definition that can be read back, or wrong at a place in it, line by line', () => {
    fc.assert(
      fc.property(anyFile, (text) => {
        try {
          const file = { text, name: 'c.yaml' };
          const definition = defineCluster({ name: 'mine', options: {}, file, sites: [] });
          expect(clusterDefinitionSchema.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
        } catch (error) {
          if (!(error instanceof QueueClusterError)) throw error;
          expect(error.code).toBe('INVALID_DEFINITION');
          for (const line of error.message.replace('[INVALID_DEFINITION] ', '').split('\n')) {
            expect(line).toMatch(/^c\.yaml:\d+:\d+: ./);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('any range of agents', () => {
  it('that is taken has min <= agents <= max, and margins within the walltime', () => {
    const number = fc.option(fc.integer({ min: 0, max: 20 }).map(String), { nil: undefined });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.integer({ min: 10, max: 9999 }),
        (agents, min, max, walltime) => {
          const options = { on: 'slurm', cpus: '1', mem: '1G', walltime: `${walltime}s`, agents, min, max };
          try {
            const { main } = defineCluster({ name: 'mine', options, sites: [] }).pools;
            if (!main) throw new TypeError('there is no pool');
            expect(main.min).toBeLessThanOrEqual(main.agents);
            expect(main.agents).toBeLessThanOrEqual(main.max);
            expect(main.hardMarginSeconds).toBeLessThanOrEqual(main.softMarginSeconds);
            expect(main.softMarginSeconds).toBeLessThan(main.walltimeSeconds);
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_DEFINITION' });
          }
        },
      ),
    );
  });
});
