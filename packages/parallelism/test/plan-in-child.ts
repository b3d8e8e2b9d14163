/** Plans a file in a process of its own, whose peak memory is then that of planning and of nothing else. */
import { planSplit } from '../src/index.ts';

const [path = '', parameters = '{}'] = process.argv.slice(2);
let parts = 0;
let records = 0;
let bytes = 0;
const split = { strategy: 'records', parameters: JSON.parse(parameters) };
for await (const part of planSplit(split, { name: 'input', path }, { mesos: false })) {
  parts += 1;
  records += part.records;
  for (const { length } of part.slices) bytes += length;
}
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ parts, records, bytes, peakMegabytes: (maxRSS * 1024) / 1e6 }));
