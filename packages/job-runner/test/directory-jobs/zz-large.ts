import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DirectoryJobFixture } from './directory-job-fixture.ts';
import { StagingServer } from './staging-server.ts';

const fixture = await DirectoryJobFixture.make();
const server = new StagingServer(fixture);
await server.start();
execFileSync('bash', ['-c', `head -c 5000000000 /dev/urandom > ${fixture.directory}/inputs/large`]);
const peak = () => /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
console.log('before kB', peak());
const t0 = performance.now();
const c0 = process.cpuUsage();
const task = await fixture.start(
  'date +%s.%N > began; mv ../inputs/large ../outputs/large; date +%s.%N > ended',
  { mode: 'http', url: server.url },
);
const end = await task.ended;
const now = Date.now() / 1000;
console.log(
  end,
  'seconds',
  (performance.now() - t0) / 1000,
  'cpu s',
  process.cpuUsage(c0),
  'peak kB',
  peak(),
);
await fixture.deliver(task.attemptId);
const b = Number(await fixture.read('working/began')),
  e = Number(await fixture.read('working/ended'));
console.log('in', b - (now - (performance.now() - t0) / 1000), 'out', now - e);
console.log(
  execFileSync('cmp', [`${fixture.directory}/inputs/large`, `${fixture.directory}/outputs/large`], {
    encoding: 'utf8',
  }) || 'same',
);
await server.stop();
await fixture.remove();
