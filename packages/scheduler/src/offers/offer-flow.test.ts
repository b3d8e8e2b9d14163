import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OfferCall, OfferFlow } from './offer-flow.ts';

type Happening = 'busy' | 'idle' | 'renew' | 'lost';

/** Makes the calls that are due while time passes. */
class Rehearsal {
  readonly flow = new OfferFlow(0);
  readonly revivals: number[] = [];
  lastCall: OfferCall | undefined;
  now = 0;
  /** Since when a call `suppress` has been owed. */
  quietSince: number | undefined = 0;

  pass(milliseconds: number) {
    const end = this.now + milliseconds;
    while (this.flow.nextDeadline <= end) this.#call(Math.max(this.now, this.flow.nextDeadline));
    this.now = end;
    if (this.quietSince !== undefined && end - this.quietSince >= 1000)
      expect(this.lastCall).toBe('suppress');
  }

  happen(what: Happening) {
    if (what === 'renew') this.flow.renew();
    else if (what === 'lost') this.flow.lost();
    else {
      this.flow.waiting(what === 'busy', this.now);
      this.quietSince = what === 'busy' ? undefined : (this.quietSince ?? this.now);
    }
  }

  #call(at: number) {
    this.now = at;
    this.lastCall = this.flow.take(at);
    if (this.lastCall === 'revive') this.revivals.push(at);
  }
}

describe('offers', () => {
  it('are not wanted after half a second without anything waiting', () => {
    const flow = new OfferFlow(0);
    expect(flow.nextDeadline).toBe(500);
    expect(flow.take(499)).toBeUndefined();
    expect(flow.take(500)).toBe('suppress');
    expect(flow.nextDeadline).toBe(Number.POSITIVE_INFINITY);
  });

  it('are wanted at once when something waits, and go on being wanted when more does', () => {
    const flow = new OfferFlow(0);
    flow.take(500);
    flow.waiting(true, 1000);
    expect(flow.take(1000)).toBe('revive');
    flow.waiting(true, 1001);
    expect(flow.take(9000)).toBeUndefined();
  });

  it('stay wanted between jobs that follow one another closely', () => {
    const flow = new OfferFlow(0);
    flow.waiting(true, 0);
    flow.take(0);
    flow.waiting(false, 1000);
    flow.waiting(false, 1300);
    flow.waiting(true, 1499);
    expect(flow.take(2000)).toBeUndefined();
    flow.waiting(false, 3000);
    expect(flow.take(3500)).toBe('suppress');
  });

  it('are asked for again when others are wished for, but not before the limit', () => {
    const flow = new OfferFlow(0);
    flow.waiting(true, 0);
    expect(flow.take(0)).toBe('revive');
    for (let burst = 0; burst < 2; burst++) {
      flow.renew();
      expect(flow.take(0)).toBe('revive');
    }
    flow.renew();
    expect(flow.nextDeadline).toBe(5000);
    expect(flow.take(4999)).toBeUndefined();
    expect(flow.take(5000)).toBe('revive');
    expect(flow.take(20_000)).toBeUndefined();
  });

  it('are asked for again after a connection was lost', () => {
    const flow = new OfferFlow(0);
    flow.waiting(true, 0);
    flow.take(0);
    flow.lost();
    expect(flow.take(5000)).toBe('revive');
    flow.waiting(false, 6000);
    flow.take(6500);
    flow.lost();
    expect(flow.take(7000)).toBe('suppress');
  });

  it('are revived at most once in five seconds but for a short burst, and suppressed within one of idleness, whatever happens', () => {
    const event = fc.tuple(
      fc.integer({ min: 0, max: 4000 }),
      fc.constantFrom<Happening[]>('busy', 'idle', 'renew', 'lost'),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const rehearsal = new Rehearsal();
        for (const [after, what] of events) {
          rehearsal.pass(after);
          rehearsal.happen(what);
        }
        rehearsal.pass(20_000);
        const gaps = rehearsal.revivals.slice(3).map((at, index) => at - (rehearsal.revivals[index] ?? 0));
        expect(gaps.filter((gap) => gap < 5000)).toEqual([]);
        expect(rehearsal.lastCall).toBe(rehearsal.quietSince === undefined ? 'revive' : 'suppress');
      }),
    );
  });
});
