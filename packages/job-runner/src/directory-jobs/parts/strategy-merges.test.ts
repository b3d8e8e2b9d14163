import { builtIn, planJob } from '@galaxy-mesos/parallelism';
import { expect, it } from 'vitest';
import { aJob } from '../../testing/a-job.ts';
import { isOfStrategy, mergesOfFormats, resultsOfFormats } from './strategy-merges.ts';

const keep = () => Promise.reject(new Error('nothing is planned'));

/** What a plan by this strategy says of formats, besides what goes without saying. */
async function said(strategy: string, parameters: Record<string, unknown>) {
  const split = { alternatives: [{ by: [{ strategy, inputs: ['in'], parameters }] }] };
  const inputs = [{ name: 'in', path: '/in.bam', partName: 'in.bam', size: 1, modifiedAt: 0 }];
  const job = aJob({ command: ':', inputs, outputs: resultsOfFormats(split), split });
  const { joins } = await planJob(job, { mesos: false, sidecar: { keep } });
  return mergesOfFormats(joins).filter((one) => isOfStrategy(one, builtIn));
}

it('a strategy whose parts overlap says how variants are joined, by each of their formats', async () => {
  const merge = { merge: 'vcf', parameters: { duplicates: 'remove' } };
  expect(await said('regions', { parts: 2, whole: true })).toEqual([
    { format: 'vcf', merge },
    { format: 'bcf', merge },
  ]);
  expect(await said('regions', { parts: 2 })).toEqual([]);
});

it('nothing is said by those that would make directories, nor by several steps', async () => {
  expect(await said('scatter', {})).toEqual([]);
  const by = ['scatter', 'regions'].map((strategy) => ({ strategy, inputs: [], parameters: {} }));
  expect(resultsOfFormats({ alternatives: [{ by }] })).toEqual([]);
});
