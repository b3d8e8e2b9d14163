// Plans a split as its order says, writes the shell commands that cut its parts, and prints what that took.
import { appendFileSync, closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { cutCommand, planSplit } from '@galaxy-mesos/parallelism';

const { folder, split, paths } = JSON.parse(process.argv[2] ?? '');
const sidecar = path.join(folder, 'sidecar');
writeFileSync(sidecar, '');
let offset = statSync(sidecar).size;
const keep = async (bytes) => {
  appendFileSync(sidecar, bytes);
  offset += bytes.length;
  return { path: sidecar, offset: offset - bytes.length, length: bytes.length };
};
const commands = openSync(path.join(folder, 'cut.sh'), 'w');
writeSync(commands, 'set -e\n');
let parts = 0;
let firstPart = Number.NaN;
const inputs = paths.map((file, index) => ({ name: `input${index}`, paths: [file] }));
for await (const { index, slices } of planSplit(split, inputs, { mesos: false, sidecar: { keep } })) {
  if (parts === 0) firstPart = performance.now() / 1000;
  parts += 1;
  for (const { pieces } of slices) writeSync(commands, `${cutCommand(pieces, `part-${index}`)}\n`);
}
closeSync(commands);
const peakMegabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
console.log(JSON.stringify({ parts, firstPart, peakMegabytes }));
