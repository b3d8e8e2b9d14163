// Joins files as its order says, and prints the peak memory of that.
import path from 'node:path';
import { readyMerge } from '@galaxy-mesos/parallelism';

const { folder, merge: choice, names, destination } = JSON.parse(process.argv[2] ?? '');
const merge = readyMerge(choice);
if (merge.kind !== 'here') throw new Error(`${choice.merge} runs where tasks run`);
const parts = names.map((name) => ({ path: path.join(folder, name) }));
await merge.join({ parts, destination: path.join(folder, destination) });
console.log(JSON.stringify({ peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 }));
