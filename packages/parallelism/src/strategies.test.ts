import { recordFormats } from '@galaxy-mesos/formats';
import { describe, expect, it } from 'vitest';
import { strategies } from './built-in-strategies.ts';
import { PlanError } from './plan-error.ts';
import { planSplit, strategyNamed } from './strategies.ts';
import type { PlanInput } from './strategy.ts';
import { planContext } from './testing/plan-context.ts';

describe('strategyNamed', () => {
  it('finds every strategy by its name', () => {
    for (const strategy of strategies) expect(strategyNamed(strategy.name)).toBe(strategy);
  });

  it('lists the known strategies when it knows none of this name', () => {
    expect(() => strategyNamed('record')).toThrow(
      '[UNKNOWN_STRATEGY] there is no strategy "record"; there are: records, blocks, regions, scatter, replicate, sweep, pairs',
    );
  });
});

describe('planSplit', () => {
  const oneWay =
    'give exactly one of size (how many records a part has), parts (how many parts there are), bytes (how many bytes a ' +
    'part has at most) and minutes (about how long a part takes)';
  const formats = recordFormats.map(({ name }) => name).join(', ');

  const refusal = (
    parameters: unknown,
    inputs: readonly PlanInput[] = [{ name: 'x', paths: ['/x'] }],
  ): string => {
    try {
      planSplit({ strategy: 'records', parameters }, inputs, planContext());
    } catch (error) {
      if (error instanceof PlanError && error.code === 'INVALID_PARAMETERS') return error.rawMessage;
      throw error;
    }
    return 'accepted';
  };

  it.each([
    [{ format: 'fasta', size: 0 }, 'strategy records: size: expected a whole number, 1 or more, found 0'],
    [
      { format: 'fasta', parts: 2.5 },
      'strategy records: parts: expected a whole number, 1 or more, found 2.5',
    ],
    [
      { format: 'fasta', size: '10' },
      'strategy records: size: expected a whole number, 1 or more, found "10"',
    ],
    [{ format: 'fasta', parts: -1 }, 'strategy records: parts: expected a whole number, 1 or more, found -1'],
    [{ format: 'fastx', parts: 2 }, `strategy records: format: expected one of ${formats}, found "fastx"`],
    [{ parts: 2 }, `strategy records: format: expected one of ${formats}, found nothing`],
    [{ format: 'fasta' }, `strategy records: ${oneWay}`],
    [{ format: 'fasta', size: 1, parts: 1 }, `strategy records: ${oneWay}`],
  ])('refuses %j by name before anything is read', (parameters, message) => {
    expect(refusal(parameters)).toBe(message);
  });

  it('refuses another number of inputs than the strategy cuts', () => {
    expect(refusal({ format: 'fasta', size: 1 }, [])).toBe(
      'strategy records: expected 1 to 100 inputs to cut, found 0',
    );
  });

  it('refuses a parameter that it would ignore', () => {
    expect(refusal({ format: 'fasta', size: 1, overlap: 3 })).toContain('overlap');
  });
});
