import type { mesos } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { OpenOffers } from './open-offers.ts';

const offerOf = (id: string, agent: string, role?: string): mesos.Offer => ({
  id: { value: id },
  framework_id: { value: 'framework' },
  agent_id: { value: agent },
  hostname: agent,
  ...(role !== undefined && { allocation_info: { role } }),
});

const opened = (...offers: mesos.Offer[]): OpenOffers => {
  const open = new OpenOffers();
  for (const offer of offers) open.open(offer);
  return open;
};

const idsOf = (offers: readonly mesos.Offer[]) => offers.map(({ id }) => id.value);

describe('OpenOffers', () => {
  it('are taken once, and those that are void are named', () => {
    const open = opened(offerOf('1', 'a'), offerOf('2', 'a'), offerOf('3', 'a'));
    open.close('2');
    const { offers, missing } = open.take(['1', '2', '1', '4']);
    expect([idsOf(offers), missing]).toEqual([['1'], ['2', '4']]);
    expect(open.take(['1']).missing).toEqual(['1']);
    open.closeAll();
    expect(open.take(['3']).missing).toEqual(['3']);
  });

  it.each([
    ['agents', offerOf('2', 'b')],
    ['roles', offerOf('2', 'a', 'other')],
  ])('of two %s are not taken together, and stay open', (_, other) => {
    const open = opened(offerOf('1', 'a'), other);
    expect(() => open.take(['1', '2'])).toThrow(/one agent and one role/);
    expect(idsOf(open.take(['1']).offers)).toEqual(['1']);
    expect(idsOf(open.take(['2']).offers)).toEqual(['2']);
  });
});
