import { describe, expect, it } from 'vitest';
import { describeEvent } from './launcher-event.ts';
import { Troubles } from './troubles.ts';

function watching() {
  const log: string[] = [];
  const clock = { now: 0 };
  const troubles = new Troubles(
    (event) => log.push(describeEvent(event)),
    () => clock.now,
  );
  return { log, clock, troubles };
}

const fail = (words: string) => () => Promise.reject(new Error(words));
const succeed = async () => undefined;

describe('troubles', () => {
  it('are told once, until they are over', async () => {
    const { log, troubles } = watching();
    await troubles.attempt('journal', fail('the disk is full'));
    await troubles.attempt('journal', fail('the disk is full'));
    expect(troubles.lines).toEqual(['journal: the disk is full']);
    await troubles.attempt('journal', succeed);
    expect(log).toEqual(['journal: the disk is full', 'journal: well again']);
  });

  it('of one thing are not over by the success of another', async () => {
    const { log, troubles } = watching();
    for (let round = 0; round < 3; round++) {
      await troubles.attemptOne('agents', 'a', fail('refused'));
      await troubles.attemptOne('agents', 'b', succeed);
    }
    expect(log).toEqual(['agents: refused']);
    await troubles.attemptOne('agents', 'a', succeed);
    expect(log).toEqual(['agents: refused', 'agents: well again']);
  });

  it('of one thing are forgotten when nobody wants anything of it any more', async () => {
    const { log, clock, troubles } = watching();
    await troubles.attemptOne('agents', 'a', fail('refused'));
    clock.now = 200_000;
    await troubles.attemptOne('agents', 'b', fail('away'));
    expect(troubles.lines).toEqual(['agents: refused']);
    clock.now = 400_000;
    expect(troubles.lines).toEqual(['agents: away']);
    clock.now = 600_000;
    expect(troubles.lines).toEqual([]);
    expect(log.at(-1)).toBe('agents: well again');
  });
});
