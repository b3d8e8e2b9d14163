import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import type { PilotScriptOptions } from '../../src/pilot/index.ts';
import { PilotCluster, rigEnvironment } from './pilots.ts';

// Nothing here is about Mesos: an agent that does nothing has to be ended as well.
const idleAgent = ['bash', '-c', 'exec sleep 1000'];

describe('what pilots clear up', () => {
  let cluster: PilotCluster;
  beforeEach(() => {
    cluster = new PilotCluster();
  });
  afterEach(() => cluster.destroy());

  const inFolder = (name: string) => join(cluster.folder, name);

  /** Starts a pilot that finds other programs before those of the system. */
  function start(changes: Partial<PilotScriptOptions>, programs: Readonly<Record<string, string>> = {}) {
    const tools = inFolder('tools');
    mkdirSync(tools);
    for (const [name, text] of Object.entries(programs))
      writeFileSync(join(tools, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    const environment = { ...rigEnvironment, PATH: `${tools}:${process.env.PATH}` };
    return cluster.start(cluster.options('localhost:9', changes), environment);
  }

  const existing = (path: string) => waitFor(path, async () => (existsSync(path) ? true : undefined));

  /** Waits until the scratch directory of the only pilot tells of its agent. */
  const agentNoted = () =>
    waitFor('a note of the agent', async () => {
      const [directory] = readdirSync(cluster.scratch);
      const note = join(cluster.scratch, directory ?? '', 'agent.pid');
      return existsSync(note) && readFileSync(note, 'utf8').endsWith('\n') ? true : undefined;
    });

  it('is also what tasks leave behind that know nothing of where they come from', async () => {
    const lonely = `: >"${inFolder('there')}"; exec env -i sleep 1000`;
    const agent = [
      'for word; do case $word in --work_dir=*) work=$(cut -d= -f2- <<<"$word") ;; esac; done',
      'mkdir -p "$work/sandbox" && cd "$work/sandbox"',
      // Its parent ends at once.
      `(env -i setsid sh -c '${lonely}' &)`,
      'cd / && exec sleep 1000',
    ];
    const pilot = start({ agent: ['bash', '-c', agent.join('\n'), 'agent'] });
    await existing(inFolder('there'));
    pilot.signal('SIGTERM');
    expect(await pilot.ended()).toMatchObject({ reason: 'signal' });
    expect(cluster.leftovers()).toEqual([]);
  });

  it('is not what others have there who live, also when told to end while looking at it', async () => {
    const [boot, space] = [
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      readlinkSync('/proc/self/ns/pid'),
    ];
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const neighbour = 'gm-test-small-0.12345678';
    mkdirSync(join(cluster.scratch, neighbour));
    writeFileSync(join(cluster.scratch, neighbour, 'owner'), `${boot}/${space} ${process.pid} ${started}\n`);
    // A pilot asks for this as it looks at each of them.
    const readlink = 'kill -TERM $(ps -o sid= -p $$)\nexec /usr/bin/readlink "$@"';
    const pilot = start({ agent: idleAgent }, { readlink });
    expect(await pilot.ended()).toMatchObject({ reason: 'signal', detail: 'TERM' });
    expect(cluster.leftovers()).toEqual([neighbour]);
  });

  it('is an agent, too, that is killed before it has become one', async () => {
    // Names are looked up before the agent starts, and then once more in the process that becomes the agent.
    const getent = `if [ -e "${inFolder('asked')}" ]; then : >"${inFolder('stuck')}"; while :; do sleep 0.1; done; fi
      : >"${inFolder('asked')}"
      exec /usr/bin/getent "$@"`;
    const pilot = start({ agent: idleAgent }, { getent });
    await existing(inFolder('stuck'));
    await agentNoted();
    pilot.signal('SIGKILL');
    expect(await pilot.ended()).toMatchObject({ reason: 'killed' });
    expect(cluster.leftovers()).toEqual([]);
  });

  it('is cleared up where the file server does not answer, which is why scripts are killed', async () => {
    const pilot = start({ agent: idleAgent });
    await agentNoted();
    const facts = join(cluster.directoryOf('gm-test-small-1'), 'facts');
    rmSync(facts);
    execFileSync('mkfifo', [facts]);
    pilot.signal('SIGKILL');
    await waitFor('nothing to be left', async () => (cluster.leftovers().length === 0 ? true : undefined));
  });
});
