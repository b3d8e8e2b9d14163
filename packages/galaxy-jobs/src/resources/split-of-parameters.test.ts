import { describe, expect, it } from 'vitest';
import { JobDescriptionError } from '../job-description-error.ts';
import { resourceRulesSchema } from './resource-rules.ts';
import { resourcesOfParameters } from './resources-of-parameters.ts';
import { splitOfParameters } from './split-of-parameters.ts';

const rules = resourceRulesSchema.parse({
  tools: [{ tool: 'bwa*', defaults: { strategy: 'records', strategy_size: 1000, merge: { bam: 'bam' } } }],
});

const steps = (parameters: Record<string, unknown>, toolId = 'cat1') =>
  splitOfParameters(parameters, { rules, toolId })?.split.alternatives.map(({ when, by }) => [when, ...by]);

const problemsOf = (parameters: Record<string, unknown>) => {
  try {
    splitOfParameters(parameters);
  } catch (error) {
    if (error instanceof JobDescriptionError)
      return error.problems.map(({ field, text }) => `${field}: ${text}`);
    throw error;
  }
  return [];
};

describe('how a job is cut', () => {
  it('is not at all where nobody says it, or says none', () => {
    expect(steps({})).toBeUndefined();
    expect(steps({ strategy: 'none' }, 'bwa_mem')).toBeUndefined();
    expect(steps({ cpus: 4, strategy: '' })).toBeUndefined();
  });

  it('is what the lines of the destination say, as texts or numbers', () => {
    const parameters = {
      strategy: 'records',
      strategy_inputs: ' fastq ,*.fq',
      strategy_parts: '20',
      strategy_format: 'fastq',
      strategy_parameters: '{"group": 2}',
    };
    const step = { strategy: 'records', inputs: ['fastq', '*.fq'] };
    expect(steps(parameters)).toEqual([
      [undefined, { ...step, parameters: { parts: 20, format: 'fastq', group: 2 } }],
    ]);
    expect(resourcesOfParameters(parameters).resources.cpus).toBe(1);
  });

  it('is into 20 parts where nobody says how much a part has', () => {
    const parameters = { strategy: 'records', strategy_parameters: { group: 2 } };
    expect(steps(parameters)?.[0]?.[1]).toMatchObject({ parameters: { parts: 20, group: 2 } });
    expect(steps({ strategy: 'sweep' })?.[0]?.[1]).toMatchObject({ parameters: {} });
  });

  it('may go by the time that a part should take', () => {
    const split = steps({ strategy: 'records', strategy_minutes: '.5' });
    expect(split).toEqual([[undefined, { strategy: 'records', inputs: [], parameters: { minutes: 0.5 } }]]);
    expect(problemsOf({ strategy: 'records', strategy_minutes: 0 })).toHaveLength(1);
  });

  it('is what is said for the tool, whose amounts are none of another strategy', () => {
    expect(steps({}, 'bwa_mem')).toEqual([
      [undefined, { strategy: 'records', inputs: [], parameters: { size: 1000 } }],
    ]);
    expect(steps({ strategy: 'blocks', strategy_parts: 2 }, 'bwa_mem')).toEqual([
      [undefined, { strategy: 'blocks', inputs: [], parameters: { parts: 2 } }],
    ]);
    expect(splitOfParameters({ strategy: 'blocks' }, { rules, toolId: 'bwa_mem' })?.merges).toEqual([
      { pattern: 'bam', merges: [{ merge: 'bam' }] },
    ]);
  });

  it.each([
    ['as JSON', (plan: unknown) => JSON.stringify(plan)],
    ['nested', (plan: unknown) => plan],
  ])('may be a whole plan %s', (_, written) => {
    const split = [{ when: 'mesos', input: 'fastq', parameters: { parts: 8 } }, { whole: true }];
    const expected = [
      ['mesos', { strategy: 'records', inputs: ['fastq'], parameters: { parts: 8 } }],
      [undefined],
    ];
    expect(steps({ strategy: written(split) })).toEqual(expected);
    expect(steps({ strategy: written({ split }) })).toEqual(expected);
  });
});

describe('how outputs are joined', () => {
  const merges = (merge: unknown) => splitOfParameters({ strategy: 'records', merge })?.merges;

  it('is one merge for all, or one by pattern or format', () => {
    expect(merges('bam')).toEqual([{ pattern: '*', merges: [{ merge: 'bam' }] }]);
    expect(merges('{"merge": "sorted", "parameters": {"by": 1}}')).toEqual([
      { pattern: '*', merges: [{ merge: 'sorted', parameters: { by: 1 } }] },
    ]);
    expect(merges({ '*.png': 'first', vcf: { merge: 'vcf' } })).toEqual([
      { pattern: '*.png', merges: [{ merge: 'first' }] },
      { pattern: 'vcf', merges: [{ merge: 'vcf' }] },
    ]);
  });
});

describe('what cannot be read', () => {
  it.each<[Record<string, unknown>, string]>([
    [
      { strategy: 'records', strategy_parts: '0' },
      'submit_strategy_parts: "0" cannot be used; expected how many parts',
    ],
    [
      { strategy: 'records', strategy_parameters: 'parts=2' },
      'submit_strategy_parameters: "parts=2" cannot be used',
    ],
    [
      { strategy: '{"split": ' },
      'submit_strategy: "{\\"split\\": " cannot be used; expected the name of a strategy',
    ],
    [{ strategy: { input: 1 } }, 'submit_strategy: split.input: 1 cannot be used'],
    [
      { strategy: { whole: true }, strategy_parts: 2 },
      'submit_strategy_parts: submit_strategy is a whole plan',
    ],
    [{ strategy: 'records', merge: { '*.png': 7 } }, 'submit_merge.*.png: merge: 7 cannot be used'],
  ])('is told with its line: %j', (parameters, message) => {
    expect(problemsOf(parameters)).toEqual([expect.stringContaining(message)]);
  });

  it('names what is nearly right', () => {
    expect(() => resourcesOfParameters({ stratgy: 'records' })).toThrow('did you mean submit_strategy?');
  });
});
