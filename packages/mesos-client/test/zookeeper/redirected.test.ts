import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { expect, it } from 'vitest';
import { JuteWriter } from '../../src/zookeeper/jute.ts';
import { operations, specialXids } from '../../src/zookeeper/messages.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { eventually } from './masters.ts';
import { startScriptedZooKeeper } from './scripted-zookeeper.ts';

const { closing, subscribed } = useClosing();

/** A ZooKeeper that names whom it is told to. */
async function naming(first: ScriptedMaster) {
  let leader = first;
  let node = 1;
  const told: ScriptedMaster[] = [];
  const server = closing(
    await startScriptedZooKeeper({
      answer({ xid, operation }, peer) {
        const isList = operation === operations.getChildren;
        const list = new JuteWriter().int(1).string(`json.info_${node}`);
        const info = new JuteWriter().bytes(Buffer.from(JSON.stringify(leader.info))).finish();
        if (!isList) told.push(leader);
        peer.reply(xid, 9n, 0, isList ? list.finish() : Buffer.concat([info, new Uint8Array(68)]));
      },
    }),
  );
  const name = async (next: ScriptedMaster): Promise<void> => {
    leader = next;
    node++;
    const changed = new JuteWriter().int(4).int(3).string('/mesos').finish();
    for (const peer of server.peers) peer.reply(specialXids.notification, -1n, 0, changed);
    await eventually(() => expect(told.at(-1)).toBe(next));
  };
  return { address: `zk://127.0.0.1:${server.port}/mesos`, name };
}

it('a session stays where a redirect led it, when ZooKeeper comes to name that master too', async () => {
  const listen = async () => closing(await ScriptedMaster.listen());
  const [old, present, later] = [await listen(), await listen(), await listen()];
  old.follow(present);
  const zooKeeper = await naming(old);
  const test = await subscribed(zooKeeper.address);
  expect(test.session.masterUrl).toBe(present.url);
  await zooKeeper.name(present);
  await zooKeeper.name(later);
  const { reason } = await test.next('DISCONNECTED');
  expect(reason.message).toContain(`${later.url} leads now instead of ${present.url}`);
  await test.next('SUBSCRIBED');
  expect(test.session.masterUrl).toBe(later.url);
});
