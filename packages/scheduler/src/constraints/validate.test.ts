import { describe, expect, it } from 'vitest';
import type { Constraint, Preference } from '../model/constraint.ts';
import { compileConstraints } from './compile.ts';

const refusal =
  (constraints: unknown[], preferences: unknown[] = []) =>
  () =>
    compileConstraints({
      constraints: constraints as Constraint[],
      preferences: preferences as Preference[],
    });

const fine = { type: 'exclusive' };

describe('a task that asks for what makes no sense', () => {
  it.each<[string, unknown, string]>([
    ['no kind', {}, 'constraints[1].type: expected one of equals, in, matches'],
    ['nothing at all', null, 'constraints[1].type: expected one of equals'],
    ['an unknown kind', { type: 'like' }, 'got "like"'],
    ['a name every object has', { type: 'toString' }, 'got "toString"'],
    [
      'no field',
      { type: 'equals', value: 'x' },
      'constraints[1].field: expected the name of an attribute, got nothing',
    ],
    [
      'an unknown field with @',
      { type: 'equals', field: '@rack', value: 'x' },
      'constraints[1].field: expected the name of an attribute, or one of @hostname, @agent, @region, @zone',
    ],
    [
      'a number for a value',
      { type: 'equals', field: 'a', value: 3 },
      'constraints[1].value: expected a text, got 3',
    ],
    [
      'no values',
      { type: 'in', field: 'a', values: [] },
      'constraints[1].values: expected a list with at least one',
    ],
    [
      'a number among values',
      { type: 'in', field: 'a', values: ['x', 3] },
      'constraints[1].values[1]: expected a text',
    ],
    [
      'no models',
      { type: 'gpu-model', models: [] },
      'constraints[1].models: expected a list with at least one',
    ],
    [
      'half a pattern',
      { type: 'matches', field: 'a', pattern: '(' },
      'constraints[1].pattern: expected a regular',
    ],
    [
      'a pattern that RE2 does not have',
      { type: 'matches', field: 'a', pattern: '(a)\\1' },
      'constraints[1].pattern: expected a regular expression of RE2',
    ],
    [
      'a pattern that is far too long',
      { type: 'matches', field: 'a', pattern: 'a'.repeat(501) },
      'constraints[1].pattern: expected at most 500 characters, got "aaaaaaaaaaaaaaaaaaaa..."',
    ],
    [
      'a pattern that takes too long to match',
      { type: 'matches', field: 'a', pattern: '(a?){1000}a{1000}' },
      'constraints[1].pattern: expected a regular expression with fewer repetitions',
    ],
    [
      'no tag',
      { type: 'unique', field: 'a', among: '' },
      'constraints[1].among: expected a tag that tasks bear, got ""',
    ],
    [
      'a maximum of 0',
      { type: 'max-per', field: 'a', among: 'web', maximum: 0 },
      'constraints[1].maximum: expected a whole number of at least 1, got 0',
    ],
    [
      'half a skew',
      { type: 'group-by', field: 'a', among: 'web', maximumSkew: 1.5 },
      'constraints[1].maximumSkew: expected a whole number of at least 1, got 1.5',
    ],
    [
      'no groups',
      { type: 'group-by', field: 'a', among: 'web', groups: 0 },
      'constraints[1].groups: expected a whole',
    ],
    ['no tag to be near to', { type: 'near', field: 'a' }, 'constraints[1].to: expected a tag'],
    ['no tag to be away from', { type: 'away-from', field: 'a' }, 'constraints[1].from: expected a tag'],
  ])('is refused for %s, in words that name the field', (_, constraint, message) => {
    expect(refusal([fine, constraint])).toThrow(expect.objectContaining({ code: 'INVALID_TASK' }));
    expect(refusal([fine, constraint])).toThrow(message);
  });

  it('is refused for preferences that cannot be kept in part or weigh nothing', () => {
    const constraint = { type: 'equals', field: 'a', value: 'x' };
    expect(refusal([], [{ constraint: fine }])).toThrow(
      'preferences[0].constraint.type: expected a kind that can',
    );
    expect(refusal([], [{ constraint }, { constraint, weight: 0 }])).toThrow(
      'preferences[1].weight: expected a number',
    );
    expect(refusal([], [{ constraint, weight: Number.NaN }])).toThrow(
      'preferences[0].weight: expected a number',
    );
    expect(refusal([], [{}])).toThrow('preferences[0].constraint.type: expected one of');
  });

  it('is refused for a tag without a name', () => {
    expect(() => compileConstraints({ tags: ['web', ''] })).toThrow(
      'tags[1]: expected a text that is not empty',
    );
  });
});
