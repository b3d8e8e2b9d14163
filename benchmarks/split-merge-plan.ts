// Plans a split of a FASTA file and prints the plan, the seconds it took and the peak memory of this process.
import { planSplit } from '@galaxy-mesos/parallelism';

const [file = '', parts = '1'] = process.argv.slice(2);
const split = { strategy: 'records', parameters: { format: 'fasta', parts: Number(parts) } };
const startedAt = performance.now();
const keep = () => Promise.reject(new Error('FASTA has no header to keep'));
const context = { mesos: false, sidecar: { keep } };
const planned = await Array.fromAsync(planSplit(split, [{ name: 'input', paths: [file] }], context));
const seconds = (performance.now() - startedAt) / 1000;
const peakMegabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
console.log(JSON.stringify({ parts: planned, seconds, peakMegabytes }));
