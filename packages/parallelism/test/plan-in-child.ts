/** Plans a file in a process of its own, whose peak memory is then that of planning and of nothing else. */
import { planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';

const [path = '', parameters = '{}', strategy = 'records'] = process.argv.slice(2);
let kept = 0;
/** Takes bytes and throws them away. */
const keep = async ({ length }: Uint8Array) => {
  kept += length;
  return { path: '/kept', offset: kept - length, length };
};
let parts = 0;
let records = 0;
let bytes = 0;
const split = { strategy, parameters: JSON.parse(parameters) };
for await (const part of planSplit(
  split,
  [{ name: 'input', paths: [path] }],
  planContext({ sidecar: { keep } }),
)) {
  parts += 1;
  records += part.records;
  for (const { pieces } of part.slices) {
    for (const piece of pieces) bytes += piece.kind === 'range' ? piece.length : 0;
  }
}
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ parts, records, bytes, peakMegabytes: (maxRSS * 1024) / 1e6 }));
