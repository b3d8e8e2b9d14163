import { describe, expect, it } from 'vitest';
import type { InverseOffer } from '../ports/driver.ts';
import { answerInverseOffer } from './inverse-offers.ts';

const now = 1_000_000;
const at = (seconds: number) => now + seconds * 1000;

const offer = (seconds: number, more: { agentId?: string; duration?: number } = {}): InverseOffer => {
  const { duration, ...agent } = more;
  return {
    id: 'inverse-1',
    agentId: 'a',
    ...agent,
    unavailability: { start: at(seconds), ...(duration !== undefined && { duration }) },
  };
};

describe('a question whether an agent may go', () => {
  it('is answered with yes if nothing will run there then', () => {
    const attempts = [
      { agentId: 'a', expectedEnd: at(60) },
      { agentId: 'b', expectedEnd: at(600) },
    ];
    expect(answerInverseOffer(offer(60), attempts, now)).toEqual({ answer: 'accept', stillRunning: 0 });
  });

  it('is answered with no, and until when, if something will', () => {
    const attempts = [60, 90, 120].map((seconds) => ({ agentId: 'a', expectedEnd: at(seconds) }));
    expect(answerInverseOffer(offer(60), attempts, now)).toEqual({
      answer: 'decline',
      stillRunning: 2,
      until: at(120),
    });
  });

  it('is answered with no, for how long unknown, if nobody knows when something will end', () => {
    const attempts = [{ agentId: 'a' }, { agentId: 'a', expectedEnd: at(120) }];
    expect(answerInverseOffer(offer(60), attempts, now)).toEqual({ answer: 'decline', stillRunning: 2 });
  });

  it('is answered with no by what should have ended and has not', () => {
    const attempts = [{ agentId: 'a', expectedEnd: at(-30) }];
    expect(answerInverseOffer(offer(-10), attempts, now)).toEqual({ answer: 'decline', stillRunning: 1 });
    expect(answerInverseOffer(offer(10), attempts, now)).toEqual({ answer: 'accept', stillRunning: 0 });
  });

  it('is answered with yes once the time is over', () => {
    const attempts = [{ agentId: 'a' }];
    expect(answerInverseOffer(offer(-60, { duration: 30_000 }), attempts, now).answer).toBe('accept');
    expect(answerInverseOffer(offer(-60, { duration: 90_000 }), attempts, now).answer).toBe('decline');
  });

  it('goes for all agents where none is named', () => {
    const { agentId: _, ...everywhere } = offer(60);
    expect(answerInverseOffer(everywhere, [{ agentId: 'b' }], now).answer).toBe('decline');
  });
});
