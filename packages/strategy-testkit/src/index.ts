/**
 * What every strategy and every merge must hold, as tests for those who write one.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { strategyLaws } from '@galaxy-mesos/strategy-testkit';
 * import { everyLine } from './every-line.js';
 *
 * const samples = [{ title: 'two lines', inputs: { list: 'a\nb\n' }, parameters: { lines: 1 } }];
 * for (const { name, run } of strategyLaws(everyLine, { samples, rejoin: { merge: 'concat' } })) test(name, run);
 * ```
 *
 * @module
 */
export type { Law } from './law.ts';
export { type JoinSample, type MergeClaims, mergeLaws } from './merge-laws.ts';
export type { Content, Sample, SampleFile } from './sample.ts';
export { recordsIn, samplesOf } from './samples-of-format.ts';
export { type StrategyClaims, strategyLaws } from './strategy-laws.ts';
