import assert from 'node:assert/strict';
import type { Strategy } from '@galaxy-mesos/parallelism';
import { planIn } from '../carry-out.ts';
import { refusalOf } from '../expect-refusal.ts';
import { type Law, lawIn } from '../law.ts';
import { layOut } from '../sample.ts';
import type { StrategyClaims } from '../strategy-laws.ts';
import { parametersOf } from './parameter-laws.ts';

/** A plan ends when its signal says so, with the signal's reason. */
export const abortLaws = (strategy: Strategy, { samples }: StrategyClaims): readonly Law[] =>
  samples.flatMap((sample) => [
    lawIn(`${strategy.name} begins no plan that was aborted before (${sample.title})`, async (directory) => {
      const reason = new Error('aborted before');
      const inputs = await layOut(sample, directory);
      const request = { strategy, inputs, parameters: parametersOf(strategy, sample), directory };
      const refusal = await refusalOf(
        async () => Array.fromAsync(await planIn(request, { signal: AbortSignal.abort(reason) })),
        'a plan whose signal was aborted before',
      );
      assert.equal(refusal, reason, 'expected the reason of the signal');
    }),
    lawIn(`${strategy.name} ends a plan that is aborted within (${sample.title})`, async (directory) => {
      const controller = new AbortController();
      const reason = new Error('aborted within');
      const inputs = await layOut(sample, directory);
      const request = { strategy, inputs, parameters: parametersOf(strategy, sample), directory };
      const all = await Array.fromAsync(await planIn(request));
      const plan = await planIn(request, { signal: controller.signal });
      await plan.next();
      controller.abort(reason);
      if (all.length === 1) return void (await plan.return(undefined));
      const refusal = await refusalOf(
        () => Array.fromAsync(plan),
        'a plan that is aborted after its first part',
      );
      assert.equal(refusal, reason, 'expected the reason of the signal');
    }),
  ]);
