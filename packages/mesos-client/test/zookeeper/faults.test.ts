import { afterEach, describe, expect, it } from 'vitest';
import { createMasterDetector } from '../../src/leader/create-master-detector.ts';
import { parseMasterAddress } from '../../src/leader/master-address.ts';
import type { MasterDetector } from '../../src/leader/master-detector.ts';
import { JuteWriter } from '../../src/zookeeper/jute.ts';
import { operations, specialXids } from '../../src/zookeeper/messages.ts';
import { eventually } from './masters.ts';
import {
  type Peer,
  type Script,
  type ScriptedRequest,
  startScriptedZooKeeper,
} from './scripted-zookeeper.ts';

const stat = new Uint8Array(68);
const children = new JuteWriter().int(1).string('json.info_0000000001').finish();

function dataOf(port: number): Uint8Array {
  const info = { id: 'm', ip: 0, port, address: { ip: '127.0.0.1', port } };
  return Buffer.concat([new JuteWriter().bytes(Buffer.from(JSON.stringify(info))).finish(), stat]);
}

/** As a healthy server with one master. */
function answerWell({ xid, operation }: ScriptedRequest, peer: Peer): void {
  if (operation === operations.auth) peer.reply(xid, 0n, 0);
  else peer.reply(xid, 9n, 0, operation === operations.getChildren ? children : dataOf(5050));
}

/** What is wrong at first, and how the detector says so. */
const faults: Readonly<Record<string, readonly [bad: Script['answer'], trouble: RegExp]>> = {
  'answers a request that was not made': [
    ({ xid }, peer) => peer.reply(xid + 1, 9n, 0, children),
    /answered request 2, expected 1/,
  ],
  'sends a frame that is too long': [
    (_, peer) => peer.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff])),
    /frame of 2147483647 bytes/,
  ],
  'sends a frame of no length': [(_, peer) => peer.socket.write(new Uint8Array(4)), /frame of 0 bytes/],
  'cuts its answer': [({ xid }, peer) => peer.reply(xid, 9n, 0, children.subarray(0, 9)), /bytes where/],
  'sends more than there should be': [
    ({ xid }, peer) => peer.reply(xid, 9n, 0, Buffer.concat([children, stat])),
    /68 bytes more/,
  ],
  'claims a list that cannot be there': [
    ({ xid }, peer) => peer.reply(xid, 9n, 0, new JuteWriter().int(2 ** 30).finish()),
    /list of 1073741824/,
  ],
  'answers with an error that means nothing to us': [
    ({ xid }, peer) => peer.reply(xid, 9n, -112),
    /error -112/,
  ],
  'closes the connection': [(_, peer) => peer.socket.end(), /connection was closed/],
  'resets the connection': [(_, peer) => peer.socket.resetAndDestroy(), /connection reset/],
};

describe('a ZooKeeper that misbehaves', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function start(script: Script) {
    const zooKeeper = await startScriptedZooKeeper(script);
    open.push(zooKeeper);
    return zooKeeper;
  }

  function detect(authority: string, sessionTimeout?: number): MasterDetector {
    const detector = createMasterDetector(parseMasterAddress(`zk://${authority}/mesos`), { sessionTimeout });
    open.unshift(detector);
    return detector;
  }

  const find = async (detector: MasterDetector) =>
    (await detector.candidates(AbortSignal.timeout(20_000)))[0]?.href;

  it.each(Object.entries(faults))('%s: another connection is made', async (_, [bad, trouble]) => {
    let isBad = true;
    const { port, greetings } = await start({
      answer: (request, peer) => (isBad ? bad(request, peer) : answerWell(request, peer)),
    });
    const detector = detect(`127.0.0.1:${port}`);
    const found = find(detector);
    await eventually(() => expect(detector.trouble).toMatch(trouble));
    isBad = false;
    expect(await found).toBe('http://127.0.0.1:5050/');
    expect(detector.trouble).toBeUndefined();
    expect(greetings.length).toBeGreaterThan(1);
  });

  it('is not asked again and again without a pause', async () => {
    const { port, greetings } = await start({ answer: (_, peer) => peer.socket.end() });
    const detector = detect(`127.0.0.1:${port}`);
    await expect(detector.candidates(AbortSignal.timeout(700))).rejects.toMatchObject({ code: 'ABORTED' });
    // After 50 to 100, 100 to 200, 200 to 400 ms, ...
    expect(greetings.length).toBeLessThan(6);
  });

  it.each<[string, NonNullable<Script['greet']>]>([
    ['does not greet', () => undefined],
    [
      'falls silent',
      (_, peer) => {
        peer.accept(1n, 300);
        peer.send = () => undefined;
      },
    ],
    ['greets with what is no greeting', (_, peer) => peer.send(new Uint8Array(3))],
    ['hangs up before it greets', (_, peer) => peer.socket.end()],
  ])('%s: another connection is made', async (_, badly) => {
    let isFirst = true;
    const { port } = await start({
      greet: (greeting, peer) => {
        if (isFirst) badly(greeting, peer);
        else peer.accept(7n, 4000);
        isFirst = false;
      },
      answer: answerWell,
    });
    expect(await find(detect(`127.0.0.1:${port}`, 600))).toBe('http://127.0.0.1:5050/');
    expect(isFirst).toBe(false);
  });

  it('greets and ends in the same breath: no timer of that connection is left', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    let isFirst = true;
    const { port } = await start({
      greet: (_, peer) => {
        peer.socket.cork();
        peer.accept(7n, 4000);
        if (isFirst) peer.socket.write(new Uint8Array(4));
        peer.socket.uncork();
        isFirst = false;
      },
      answer: answerWell,
    });
    const before = timers();
    const detector = detect(`127.0.0.1:${port}`);
    await find(detector);
    await detector.close();
    await eventually(() => expect(timers()).toBeLessThanOrEqual(before));
  });

  it('may tell of a change while the answer to the last question is still to come', async () => {
    const childrenOf = (node: number) => new JuteWriter().int(1).string(`json.info_${node}`).finish();
    const changed = new JuteWriter().int(4).int(3).string('/mesos').finish();
    let node = 1;
    const { port } = await start({
      answer({ xid, operation, body }, peer) {
        if (operation === operations.getChildren) return peer.reply(xid, 9n, 0, childrenOf(node));
        const asked = body.string();
        if (node === 1) peer.reply(specialXids.notification, -1n, 0, changed);
        node = 2;
        peer.reply(xid, 9n, 0, dataOf(asked.endsWith('1') ? 5051 : 5052));
      },
    });
    const detector = detect(`127.0.0.1:${port}`);
    await eventually(async () => expect(await find(detector)).toBe('http://127.0.0.1:5052/'));
  });

  it('goes on with its session after a loss, and says how far it has seen', async () => {
    const { port, greetings, peers } = await start({ answer: answerWell });
    const detector = detect(`127.0.0.1:${port}`);
    await find(detector);
    for (const { socket } of peers) socket.destroy();
    await eventually(() => expect(greetings).toHaveLength(2));
    expect(greetings).toStrictEqual([
      { lastZxid: 0n, sessionId: 0n },
      { lastZxid: 9n, sessionId: 7n },
    ]);
  });

  it('begins a new session where the old one has expired', async () => {
    const { port, greetings, peers } = await start({
      greet: ({ sessionId }, peer) => (sessionId === 0n ? peer.accept(7n, 4000) : peer.accept(0n, 0)),
      answer: answerWell,
    });
    const detector = detect(`127.0.0.1:${port}`);
    await find(detector);
    for (const { socket } of peers) socket.destroy();
    await eventually(() => expect(greetings).toHaveLength(3));
    expect(greetings[2]).toStrictEqual({ lastZxid: 0n, sessionId: 0n });
    await eventually(() => expect(detector.trouble).toBeUndefined());
  });

  it('begins anew where all data was lost, once the old session is over', async () => {
    const { port, greetings, peers } = await start({
      // As a server does that is behind what a client has seen.
      greet: ({ lastZxid }, peer) => (lastZxid > 0n ? peer.socket.end() : peer.accept(7n, 500)),
      answer: answerWell,
    });
    const detector = detect(`127.0.0.1:${port}`);
    await find(detector);
    for (const { socket } of peers) socket.destroy();
    await eventually(() => expect(greetings.length).toBeGreaterThan(1));
    await eventually(() => expect(detector.trouble).toBeUndefined());
    expect(greetings.at(-1)).toStrictEqual({ lastZxid: 0n, sessionId: 0n });
  });

  it.each([
    ['the credential', -115, operations.auth],
    ['reading', -102, operations.getChildren],
    ['reading without more of a login', -124, operations.getChildren],
    ["reading the leader's data", -102, operations.getData],
  ])('refuses %s: waiting ends, for good', async (_, error, refused) => {
    const { port } = await start({
      answer: (request, peer) =>
        request.operation === refused ? peer.reply(request.xid, 9n, error) : answerWell(request, peer),
    });
    const detector = detect(`me:s3cret@127.0.0.1:${port}`);
    const refusal = { code: 'ZOOKEEPER_REFUSED', setting: 'master' };
    await expect(find(detector)).rejects.toMatchObject(refusal);
    await expect(find(detector)).rejects.toMatchObject(refusal);
    await expect(find(detector)).rejects.not.toThrow(/s3cret/);
    expect(detector.trouble).toMatch(/^ZooKeeper does not/);
  });

  it('hands on what listeners throw, and goes on', async () => {
    const { port } = await start({ answer: answerWell });
    const detector = detect(`127.0.0.1:${port}`);
    const heard: string[] = [];
    detector.onLeader(() => {
      throw new Error('the listener failed');
    });
    detector.onLeader((leader) => heard.push(leader.href));
    const uncaught = Promise.withResolvers<Error>();
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').once('uncaughtException', uncaught.resolve);
    try {
      await find(detector);
      expect((await uncaught.promise).message).toBe('the listener failed');
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const other of others) process.on('uncaughtException', other);
    }
    expect(heard).toStrictEqual(['http://127.0.0.1:5050/']);
    expect(detector.trouble).toBeUndefined();
  });

  it('says why an address is of no use, be it for the rewrite of ours', async () => {
    const { port } = await start({ answer: answerWell });
    const rewrite = () => {
      throw new Error('unknown network');
    };
    const detector = createMasterDetector(parseMasterAddress(`zk://127.0.0.1:${port}/mesos`), { rewrite });
    open.unshift(detector);
    const found = detector.candidates(AbortSignal.timeout(2000)).catch(() => 'aborted');
    await eventually(() => expect(detector.trouble).toMatch(/unknown network/));
    await detector.close();
    expect(await found).toBe('aborted');
  });
});
