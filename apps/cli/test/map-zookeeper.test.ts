import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import {
  type RealZooKeeper,
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { directoryForTest, eventsIn, fasta, galaxyMesos, start } from './command.ts';

const records = 24;
const secret = 's3cret';

let zookeeper: RealZooKeeper;
let mesos: RealMesos;
let cwd: string;

const map = (...more: string[]): string[] => [
  ...['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', '--cpus', '0.5', '--mem', '32'],
  ...more,
];
const replaced = fasta(records).replaceAll(/^ACG/gm, 'x');
/** The last part waits for the file `go`: before the master has died, the job must not be over. */
const command = [
  '--',
  `! grep -q 'r${records - 1}$' {input} || until [ -e ../../../go ]; do sleep 0.1; done; sleep 0.2; sed s/ACG/x/ {input}`,
];

describe.skipIf(!(requireRealMesos() && requireRealZooKeeper()))('galaxy-mesos with zk://', () => {
  beforeAll(async () => {
    zookeeper = await startZooKeeper({ servers: 1 });
    mesos = await startMesos({
      agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }],
      zookeeper: `zk://${zookeeper.address}/mesos`,
      masters: 2,
    });
  });
  afterAll(async () => {
    await mesos?.stop();
    await zookeeper?.stop();
  });
  beforeEach(() => {
    cwd = directoryForTest();
    writeFileSync(path.join(cwd, 'reads.fa'), fasta(records));
  });

  it('leaves the password out of tasks, files and words', async () => {
    const environment = { MESOS_URL: `zk://user:${secret}@${zookeeper.address}/mesos` };
    const words = map('--work-dir', '.', '--keep', '--json', '--', 'echo $MESOS_URL; : {input}');
    const { code, stdout, stderr } = await galaxyMesos(words, { cwd, environment });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const leader = await mesos.leader();
    expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toContain(new URL(leader.url).port);
    expect(stdout).not.toContain(secret);
    const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).map((name) => path.join(cwd, name));
    expect(files.length).toBeGreaterThan(records);
    const telling = files.filter((file) => statSync(file).isFile() && readFileSync(file).includes(secret));
    expect(telling).toEqual([]);
  });

  it('goes on with the master that leads after the death of the first', async () => {
    const run = start(map('--mesos', `zk://${zookeeper.address}/mesos`, '--json', ...command), { cwd });
    await run.until((text) => text.includes('"state":"finished"'));
    const leader = await mesos.leader();
    await leader.kill();
    writeFileSync(path.join(cwd, 'go'), '');
    const { code, stdout } = await run.ended();
    expect(code).toBe(0);
    expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toBe(replaced);
    const ids = eventsIn(stdout).flatMap(({ event, frameworkId }) =>
      event === 'subscribed' ? [frameworkId] : [],
    );
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
  });
});
