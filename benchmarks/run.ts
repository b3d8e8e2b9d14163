// `npm run bench [-- NAME...]`: figures to compare with peers in the same run. What is wrong ends it; what is slow does not.

import { benchmarkDaemon } from './daemon.ts';
import { benchmarkLocalTasks } from './local-tasks.ts';
import { matcherBenchmarks } from './matcher.ts';
import { machine } from './measure.ts';
import { benchmarkMesosDecode } from './mesos-decode.ts';
import { benchmarkMesosFuzz } from './mesos-fuzz.ts';
import { benchmarkMesosTasks } from './mesos-tasks.ts';
import { parallelismBenchmarks } from './parallelism.ts';
import { benchmarkPools } from './pools.ts';

const benchmarks = new Map([
  ...parallelismBenchmarks,
  ['local-tasks', benchmarkLocalTasks],
  ['mesos-tasks', benchmarkMesosTasks],
  ['mesos-decode', benchmarkMesosDecode],
  ['mesos-fuzz', benchmarkMesosFuzz],
  ['daemon', benchmarkDaemon],
  ['pools', benchmarkPools],
  ...matcherBenchmarks,
]);

/** A name stands for the benchmark of that name, or for all whose names begin with it and a hyphen. */
function namesFor(wanted: string): string[] {
  const names = [...benchmarks.keys()].filter((name) => name === wanted || name.startsWith(`${wanted}-`));
  if (names.length === 0)
    throw new Error(`there is no benchmark ${wanted}; there are: ${[...benchmarks.keys()].join(', ')}`);
  return names;
}

const names = process.argv.length > 2 ? process.argv.slice(2).flatMap(namesFor) : [...benchmarks.keys()];
console.log(`${new Date().toISOString().slice(0, 10)}, ${machine()}`);
for (const name of names) {
  const startedAt = performance.now();
  await benchmarks.get(name)?.();
  process.stderr.write(`  ${name}: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
}
