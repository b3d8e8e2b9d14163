import { describe, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';
import { isPilotOf, newPilotName } from './ports.ts';

const facts = (pilot: string) => ({ facts: [{ pilot }] });

describe('an inbox', () => {
  it('keeps what came in until it is taken, in its order, and after a tick that failed too', () => {
    const inbox = new Inbox();
    inbox.put(facts('a'));
    const mail = inbox.take();
    inbox.put(facts('b'));
    inbox.putBack(mail);
    expect(inbox.take().facts.map(({ pilot }) => pilot)).toEqual(['a', 'b']);
    expect(inbox.take().facts).toEqual([]);
  });

  it('wakes whoever waits, at once where something is there', async () => {
    const inbox = new Inbox();
    const arrival = inbox.arrival();
    inbox.put({ facts: [] });
    inbox.put(facts('a'));
    await arrival;
    await inbox.arrival();
  });
});

describe('the name of a pilot', () => {
  it('is told from those of other clusters', () => {
    const random = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, index) => index * 37));
    const name = newPilotName('a', 'big', random);
    expect(name).toMatch(/^gm-a-big-[a-z2-7]{8}$/);
    expect(isPilotOf('a', name)).toBe(true);
    expect(isPilotOf('a', newPilotName('a-b', 'big', random))).toBe(false);
    expect(isPilotOf('a-b', newPilotName('a-b', 'big', random))).toBe(true);
    expect(isPilotOf('a', 'gm-a-_master-aaaaaaaa')).toBe(false);
    expect(isPilotOf('a', 'gm-a-big')).toBe(false);
  });
});
