import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { jobSchema } from '../job.ts';
import { JobDescriptionError } from '../job-description-error.ts';
import { resourceRulesSchema } from './resource-rules.ts';
import { resourcesOfParameters } from './resources-of-parameters.ts';

const rules = resourceRulesSchema.parse({
  defaults: { mem: '2G', queue: 'short', walltime: '1:00:00', container_runtime: 'singularity' },
  limits: { cpus: 16, mem: '64G', walltime: '1-00:00:00', gpus: 0 },
  tools: [
    { tool: 'bwa*', defaults: { cpus: 8, mem: '16G', mem_retry_max: '128G' } },
    { tool: ['bwa_index', 'star'], defaults: { mem: '32G', queue: 'long' }, limits: { mem: '256G' } },
  ],
});

const problemsOf = (parameters: Record<string, unknown>, toolId = 'cat1') => {
  try {
    resourcesOfParameters(parameters, { rules, toolId });
  } catch (error) {
    if (error instanceof JobDescriptionError) return error.problems;
    throw error;
  }
  return [];
};

describe('what a job gets', () => {
  it('is one core and 1 GiB where nobody says anything', () => {
    expect(resourcesOfParameters({})).toEqual({ resources: { cpus: 1, mem: 1024, disk: 0 } });
  });

  it('is what its destination says, in texts or numbers', () => {
    const parameters = {
      cpus: '4',
      mem: '8G',
      disk: 500,
      gpus: '2',
      walltime: '90',
      priority: '-1.5',
      queue: 'night',
      user: 'ada@example.org',
      container: 'quay.io/x/y:1',
      container_runtime: 'docker',
      container_volumes: '/data, /scratch dir:rw,/ref:ro',
      mem_retry_max: '32G',
      mem_retry_factor: '1.5',
    };
    const found = resourcesOfParameters(parameters);
    expect(found).toEqual({
      resources: { cpus: 4, mem: 8192, disk: 500, gpus: 2 },
      walltime: 90,
      priority: -1.5,
      queue: 'night',
      user: 'ada@example.org',
      container: {
        image: 'quay.io/x/y:1',
        runtime: 'docker',
        volumes: [
          { path: '/data', readOnly: true },
          { path: '/scratch dir', readOnly: false },
          { path: '/ref', readOnly: true },
        ],
      },
      outOfMemory: { factor: 1.5, maximum: 32_768 },
    });
    const part = jobSchema.pick({
      resources: true,
      container: true,
      user: true,
      queue: true,
      priority: true,
      walltime: true,
      outOfMemory: true,
    });
    expect(part.parse(found)).toEqual(found);
  });

  it('is what the rules say where its destination says nothing, or an empty text', () => {
    expect(resourcesOfParameters({ cpus: '', user: null }, { rules, toolId: 'cat1' })).toEqual({
      resources: { cpus: 1, mem: 2048, disk: 0 },
      queue: 'short',
      walltime: 3600,
    });
  });

  it('is what the last rule for its tool says', () => {
    const found = resourcesOfParameters({}, { rules, toolId: 'bwa_index' });
    expect(found.resources).toEqual({ cpus: 8, mem: 32_768, disk: 0 });
    expect(found.queue).toBe('long');
    expect(found.outOfMemory).toEqual({ factor: 2, maximum: 128 * 1024 });
  });

  it('is never more than the limits by default, and a retry stays below them, too', () => {
    const found = resourcesOfParameters({ walltime: '' }, { rules, toolId: 'bwa' });
    expect(found.outOfMemory).toEqual({ factor: 2, maximum: 64 * 1024 });
    const tight = resourceRulesSchema.parse({ limits: { cpus: 0.5, mem: 100, walltime: 60 } });
    expect(resourcesOfParameters({}, { rules: tight })).toEqual({
      resources: { cpus: 0.5, mem: 100, disk: 0 },
      walltime: 60,
    });
  });

  it('has the runtime of the configuration if the destination names an image only', () => {
    const { container } = resourcesOfParameters({ container: 'busybox' }, { rules });
    expect(container).toEqual({ image: 'busybox', runtime: 'singularity' });
    expect(resourcesOfParameters({ container: 'busybox' }).container?.runtime).toBe('mesos');
  });

  it('has no retry where the most that it may have is what it has', () => {
    expect(resourcesOfParameters({ mem: '4G', mem_retry_max: '4G' }).outOfMemory).toBeUndefined();
  });
});

describe('what cannot be', () => {
  it('is told with the parameter, what it is, what was expected, all together', () => {
    const parameters = { mem: '8 gigs', cpus: 0, gpus: '1.5', walltime: '1:30', container_runtime: 'lxc' };
    const problems = problemsOf(parameters);
    expect(problems.map(({ field, code }) => `${code} ${field}`)).toEqual(
      ['mem', 'cpus', 'gpus', 'walltime', 'container_runtime'].map((name) => `INVALID_VALUE submit_${name}`),
    );
    expect(problems[0]?.text).toBe(
      '"8 gigs" cannot be used; expected an amount of memory in MiB or with a unit, such as 8192 or 8G',
    );
    expect(problems[4]?.text).toContain('expected one of mesos, mesos-docker, docker');
  });

  it.each([
    ['cpus', true],
    ['cpus', ['1']],
    ['queue', 'a\nb'],
    ['queue', 7],
    ['container', '--privileged'],
    ['container', 'a b'],
    ['container_volumes', 'data'],
    ['container_volumes', '/a"b'],
    ['container_volumes', '/data:rx'],
    ['mem_retry_factor', '1'],
  ])('is %s = %j', (name, value) => {
    expect(problemsOf({ [name]: value }).map(({ field }) => field)).toEqual([`submit_${name}`]);
  });

  it('is a name that nobody knows, with the one that was meant', () => {
    const [problem] = problemsOf({ memm: '1' });
    expect(problem?.code).toBe('UNKNOWN_NAME');
    expect(problem?.text).toContain('did you mean submit_mem?');
    expect(problemsOf({ native_specification: '-l x' })[0]?.text).toContain('take it out');
    expect(problemsOf({ constructor: 'x', __proto__: 'x' })).toHaveLength(1);
  });

  it('is more than is allowed', () => {
    const problems = problemsOf({ mem: '65G', cpus: '16', gpus: 1 });
    expect(problems.map(({ field, text }) => `${field} ${text}`)).toEqual([
      'submit_mem 66560 is more than the 65536 that is allowed here; ask for less, or ask the administrator',
      'submit_gpus 1 is more than the 0 that is allowed here; ask for less, or ask the administrator',
    ]);
    expect(problemsOf({ mem: '65G' }, 'star')).toEqual([]);
  });
});

describe('resourceRulesSchema', () => {
  test('tells where the configuration is wrong, and what was expected', () => {
    const wrong = { defaults: { mem: 'lots' }, tools: [{ tool: 7 }, { limits: { queue: 'x' } }] };
    const issues = resourceRulesSchema.safeParse(wrong).error?.issues ?? [];
    const told = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(told).toContain(
      'defaults.mem: expected an amount of memory in MiB or with a unit, such as 8192 or 8G',
    );
    expect(told.some((text) => text.startsWith('tools.0.tool: expected a pattern'))).toBe(true);
    expect(told.some((text) => text.startsWith('tools.1.limits'))).toBe(true);
  });

  test('describes its settings for whoever documents them', () => {
    const schema = z.toJSONSchema(resourceRulesSchema, { io: 'input' });
    expect(schema).toMatchObject({
      properties: {
        defaults: { properties: { mem: { description: 'memory, in MiB or with a unit (8G)' } } },
      },
    });
  });
});
