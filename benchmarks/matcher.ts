import { benchmarkCurves } from './matcher/curves.ts';
import { benchmarkEventLoop } from './matcher/event-loop.ts';
import { benchmarkFill } from './matcher/fill.ts';
import { benchmarkIdle } from './matcher/idle.ts';
import { benchmarkIntents } from './matcher/intents.ts';
import { benchmarkPending } from './matcher/pending.ts';
import { benchmarkReplay } from './matcher/replay.ts';
import { benchmarkRounds } from './matcher/rounds.ts';

/** The parts of the benchmark of the matcher and the scheduler, which write their figures to docs/benchmarks. */
export const matcherBenchmarks = new Map([
  ['matcher-rounds', benchmarkRounds],
  ['matcher-idle', benchmarkIdle],
  ['matcher-fill', benchmarkFill],
  ['matcher-memory', benchmarkPending],
  ['matcher-event-loop', benchmarkEventLoop],
  ['matcher-store', benchmarkIntents],
  ['matcher-replay', benchmarkReplay],
  ['matcher-curves', benchmarkCurves],
]);
