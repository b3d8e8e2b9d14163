// `npm run bench [-- NAME...]`: figures to compare with peers in the same run; nothing here passes or fails.

import { benchmarkLocalTasks } from './local-tasks.ts';
import { machine } from './measure.ts';
import { benchmarkMesosDecode } from './mesos-decode.ts';
import { benchmarkMesosFuzz } from './mesos-fuzz.ts';
import { benchmarkMesosTasks } from './mesos-tasks.ts';
import { benchmarkSplitMerge } from './split-merge.ts';

const benchmarks = new Map([
  ['split-merge', benchmarkSplitMerge],
  ['local-tasks', benchmarkLocalTasks],
  ['mesos-tasks', benchmarkMesosTasks],
  ['mesos-decode', benchmarkMesosDecode],
  ['mesos-fuzz', benchmarkMesosFuzz],
]);

const names = process.argv.length > 2 ? process.argv.slice(2) : [...benchmarks.keys()];
console.log(`${new Date().toISOString().slice(0, 10)}, ${machine()}`);
for (const name of names) {
  const benchmark = benchmarks.get(name);
  if (!benchmark)
    throw new Error(`there is no benchmark ${name}; there are: ${[...benchmarks.keys()].join(', ')}`);
  await benchmark();
}
