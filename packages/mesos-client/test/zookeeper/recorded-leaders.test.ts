import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createMasterDetector } from '../../src/leader/create-master-detector.ts';
import { parseMasterAddress } from '../../src/leader/master-address.ts';
import type { MasterDetector } from '../../src/leader/master-detector.ts';
import { operations } from '../../src/zookeeper/messages.ts';
import { eventually } from './masters.ts';
import { type ScriptedZooKeeper, startScriptedZooKeeper } from './scripted-zookeeper.ts';

interface Line {
  readonly n: number;
  readonly request?: { readonly op?: string; readonly path: string };
  readonly response?: { readonly base64: string };
  readonly event?: { readonly base64: string };
}

const recording = new URL('../../../../test-fixtures/mesos-1.11.0/09-leaders.jsonl', import.meta.url);
const lines = readFileSync(recording, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

/** Of the frame in the recording: behind its length and the number of the request. */
function answerIn(line: Line | undefined): Buffer {
  return Buffer.from(line?.response?.base64 ?? '', 'base64').subarray(8);
}

const childrenAt = (n: number): Buffer => answerIn(lines.find((line) => line.n === n));
const dataOf = (path: string): Line | undefined =>
  lines.find(({ request }) => request?.op === 'getData' && request.path === path);
const change = Buffer.from(lines.find(({ n }) => n === 32)?.event?.base64 ?? '', 'base64');

const noNode = childrenAt(23);
/** Lines of the recording at which the children are as they were found there, and who led then. */
const story = [
  { n: 29, leader: 5050 },
  { n: 34, leader: 5050 },
  { n: 98, leader: 5052 },
  { n: 112, leader: 5052 },
  { n: 164, leader: 5052 },
] as const;

describe('what ZooKeeper sent while masters came and went', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function replay(state: { children: Buffer }): Promise<[ScriptedZooKeeper, MasterDetector]> {
    const zooKeeper = await startScriptedZooKeeper({
      answer({ xid, operation, body }, peer) {
        const data = dataOf(body.string());
        const known = operation === operations.getData && data ? answerIn(data) : noNode;
        const frame = Buffer.alloc(4);
        frame.writeInt32BE(xid);
        peer.send(Buffer.concat([frame, operation === operations.getChildren ? state.children : known]));
      },
    });
    const address = parseMasterAddress(`zk://127.0.0.1:${zooKeeper.port}/mesos`);
    const detector = createMasterDetector(address);
    open.push(detector, zooKeeper);
    return [zooKeeper, detector];
  }

  it('is understood: nobody, the first, and after its death the second', async () => {
    const state = { children: noNode };
    const [zooKeeper, detector] = await replay(state);
    const heard: string[] = [];
    detector.onLeader((leader) => heard.push(leader.port));
    const first = detector.candidates(AbortSignal.timeout(10_000));
    await eventually(() => expect(detector.trouble).toMatch(/no \/mesos in ZooKeeper/));
    for (const { n, leader } of story) {
      state.children = childrenAt(n);
      for (const { socket } of zooKeeper.peers) socket.write(change);
      await eventually(async () => {
        const [found] = await detector.candidates(AbortSignal.timeout(1000));
        expect(found?.href).toBe(`http://127.0.0.1:${leader}/`);
      });
    }
    expect((await first)[0]?.port).toBe('5050');
    expect(heard).toStrictEqual(['5050', '5052']);
    expect(detector.trouble).toBeUndefined();
  });

  it('is understood alike in pieces of one byte', async () => {
    const state = { children: childrenAt(34) };
    const [zooKeeper, detector] = await replay(state);
    const candidates = detector.candidates(AbortSignal.timeout(10_000));
    await eventually(() => expect(zooKeeper.peers.size).toBe(1));
    for (const { socket } of zooKeeper.peers) {
      const write = socket.write.bind(socket);
      socket.setNoDelay(true);
      socket.write = (bytes: Uint8Array) => Array.from(bytes).every((byte) => write(Uint8Array.of(byte)));
    }
    expect((await candidates)[0]?.port).toBe('5050');
  });
});
