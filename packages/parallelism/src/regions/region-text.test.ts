import { describe, expect, it } from 'vitest';
import { regionWriter } from './region-text.ts';

describe('the text of a region', () => {
  it.each([
    [{ reference: 'chr1', from: 0, to: 100 }, ['chr1'], 'chr1:1-100'],
    [{ reference: 'chr1', from: 5 }, ['chr1'], 'chr1:6-'],
    [{ reference: 'HLA:01', from: 9, to: 20 }, ['HLA:01'], 'HLA:01:10-20'],
    [{ reference: 'HLA:01', from: 9, to: 20 }, ['HLA:01', 'HLA:01:10-20'], '{HLA:01}:10-20'],
    [{ reference: 'HLA:01', from: 9 }, ['HLA:01'], '{HLA:01}:10-'],
  ])('has braces only where it could mean something else: %j among %j', (region, names, text) => {
    expect(regionWriter(names.map((name) => ({ name })))(region)).toBe(text);
  });
});
