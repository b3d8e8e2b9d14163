import { describe, expect, it } from 'vitest';
import { PlanError } from '../plan-error.ts';
import { planSplit } from '../strategies.ts';
import { planContext } from '../testing/plan-context.ts';
import { regionsParametersSchema } from './parameters.ts';
import { regions } from './regions.ts';

const refusal = (parameters: unknown): string => {
  try {
    planSplit({ strategy: 'regions', parameters }, [{ name: 'x', paths: ['/x'] }], planContext());
  } catch (error) {
    if (error instanceof PlanError && error.code === 'INVALID_PARAMETERS') return error.rawMessage;
    throw error;
  }
  return 'accepted';
};

describe('the parameters of regions', () => {
  it.each([
    [{}, 'give exactly one of parts'],
    [{ parts: 2, window: 100 }, 'give exactly one of parts'],
    [{ window: 0 }, 'window: expected a whole number, 1 or more, found 0'],
    [{ by: 'chromosome' }, 'by: '],
    [{ by: 'target' }, 'by: target needs targets, a BED file'],
    [{ bytes: 9, equal: 'reads' }, 'equal says what is equal in so many parts: give it with parts'],
    [{ parts: 2, targets: 'exome.bed' }, 'targets: expected an absolute path, found "exome.bed"'],
    [{ parts: 2, padding: 3 }, 'padding'],
  ])('are refused before anything is read: %j', (parameters, message) => {
    expect(refusal(parameters)).toContain(message);
  });

  it.each([
    [{ parts: 2 }, ['region']],
    [{ parts: 2, whole: true }, ['region', 'contig', 'start', 'end']],
    [{ parts: 2, whole: true, together: true, overlap: 5 }, ['region', 'padded']],
    [{ window: 2, together: false, overlap: 5 }, ['region', 'contig', 'start', 'end', 'padded']],
  ])('tell what a command may name: %j', async (parameters, names) => {
    expect(await regions.valueNames?.([], regionsParametersSchema.parse(parameters))).toEqual(names);
  });
});

describe('how results of regions are joined', () => {
  const joins = (parameters: object, fileName: string, datatype?: string) =>
    regions.merge?.(regionsParametersSchema.parse({ parts: 2, ...parameters }), { fileName, datatype });

  it.each([
    [{ whole: true }, 'calls.vcf.gz', undefined],
    [{ overlap: 100 }, 'calls.bcf', undefined],
    [{ whole: true }, 'output.dat', 'vcf_bgzip'],
  ])('leaves out what %j repeats in %s of datatype %s', (parameters, fileName, datatype) => {
    expect(joins(parameters, fileName, datatype)).toEqual({
      merge: 'vcf',
      parameters: { duplicates: 'remove' },
    });
  });

  it.each([
    [{ overlap: 100 }, 'calls.vcf.gz', 'vcf'],
    [{ overlap: 100, whole: true }, 'peaks.bed', 'bed'],
  ])('leaves out what %j lets parts tell of each other in %s', (parameters, fileName, format) => {
    expect(joins(parameters, fileName)).toEqual({ merge: 'trimmed', parameters: { format } });
  });

  it('leaves it to the format where regions do not overlap, or hold no variants', () => {
    expect(joins({}, 'calls.vcf')).toBeUndefined();
    expect(joins({ whole: true }, 'depth.tsv')).toBeUndefined();
    expect(joins({ whole: true }, 'calls.vcf', 'tabular')).toBeUndefined();
  });
});
