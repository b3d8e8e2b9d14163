import { describe, expect, it } from 'vitest';
import { fitsTool } from './tool-pattern.ts';

const shed = 'toolshed.g2.bx.psu.edu/repos/devteam/bwa/bwa_mem/0.7.17.1';

describe('fitsTool', () => {
  it.each([
    ['cat1', 'cat1'],
    ['CAT1', 'cat1'],
    ['cat?', 'cat1'],
    ['*', ''],
    ['*', shed],
    ['bwa_mem', shed],
    ['bwa*', shed],
    ['toolshed*/bwa_mem', shed],
    ['toolshed*/bwa_mem/0.7*', shed],
    ['*devteam/bwa/*', shed],
    ['a.b+(c)', 'a.b+(c)'],
  ])('lets %j fit %j', (pattern, toolId) => {
    expect(fitsTool(pattern, toolId)).toBe(true);
  });

  it.each([
    ['cat', 'cat1'],
    ['cat?', 'cat'],
    ['a.b', 'axb'],
    ['0.7*', shed],
    ['devteam', shed],
    ['bwa', shed],
    ['', 'x'],
  ])('does not let %j fit %j', (pattern, toolId) => {
    expect(fitsTool(pattern, toolId)).toBe(false);
  });
});
