import { addResources, fitsInto, noResources, type Resources } from '@galaxy-mesos/scheduler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OfferBook, type OpenOffer } from './offers.ts';

const total: Resources = { cpus: 2, mem: 1000, disk: 100 };
const half: Resources = { cpus: 1, mem: 500, disk: 50 };

const aBook = (): OfferBook => new OfferBook(total, 'test');

const aLaunch = (attemptId: string, resources: Resources = half) => ({
  attemptId,
  name: attemptId,
  command: 'true',
  environment: {},
  resources,
});

const open = (book: OfferBook, now = 0): OpenOffer => {
  const next = book.next(now);
  if (next.kind !== 'offer') throw new Error(`there is no offer: ${next.kind}`);
  return next.offer;
};

describe('OfferBook', () => {
  it('offers all that is free, and nothing more until that is answered', () => {
    const book = aBook();
    expect(open(book).resources).toEqual(total);
    expect(book.next(0)).toEqual({ kind: 'nothing' });
  });

  it('offers what a launch has left, and all of it once the attempt has ended', () => {
    const book = aBook();
    expect(book.accept([open(book).id], [aLaunch('a')])).toEqual([{ launch: aLaunch('a') }]);
    const rest = open(book);
    expect(rest.resources).toEqual(half);
    book.decline(rest.id, 0);
    book.release('a');
    expect(open(book).resources).toEqual(total);
  });

  it('offers nothing when nothing is left', () => {
    const book = aBook();
    book.accept([open(book).id], [aLaunch('a'), aLaunch('b')]);
    expect(book.next(0)).toEqual({ kind: 'nothing' });
  });

  it('gives an offer a name that was not used before', () => {
    const book = aBook();
    const first = open(book);
    book.decline(first.id, 0);
    expect(open(book).id).not.toBe(first.id);
  });

  it('refuses launches on an offer that is not open', () => {
    const book = aBook();
    const used = open(book);
    book.accept([used.id], []);
    const [answer] = book.accept([used.id], [aLaunch('a')]);
    expect(answer?.refusal).toBe(`Task launched with invalid offers: Offer ${used.id} is no longer valid`);
    expect(book.free).toEqual(total);
  });

  it('takes launches in order as long as they fit, and skips those that do not', () => {
    const book = aBook();
    const launches = [aLaunch('a'), aLaunch('large', total), aLaunch('b')];
    const answers = book.accept([open(book).id], launches);
    expect(answers.map(({ refusal }) => refusal === undefined)).toEqual([true, false, true]);
    expect(answers[1]?.refusal).toContain('there is left 1 cpu, 500 MiB of memory');
  });

  it('waits with what was declined until the time given', () => {
    const book = aBook();
    book.decline(open(book).id, 5000);
    expect(book.next(4999)).toEqual({ kind: 'later', at: 5000 });
    expect(book.next(5000).kind).toBe('offer');
  });

  it('offers at once when there is more than was declined', () => {
    const book = aBook();
    book.accept([open(book).id], [aLaunch('a')]);
    book.decline(open(book).id, 5000);
    expect(book.next(1).kind).toBe('later');
    book.release('a');
    expect(open(book, 1).resources).toEqual(total);
  });

  it('offers nothing while suppressed; revive also forgets what was declined', () => {
    const book = aBook();
    book.decline(open(book).id, 5000);
    book.suppress();
    expect(book.next(6000)).toEqual({ kind: 'nothing' });
    book.revive();
    expect(book.next(1).kind).toBe('offer');
  });

  it('counts what recovered attempts use, even if it is more than there is', () => {
    const book = aBook();
    book.occupy('a', { resources: { cpus: 3, mem: 400, disk: 0 }, ports: [] });
    expect(open(book).resources).toEqual({ cpus: 0, mem: 600, disk: 100 });
  });

  it('takes all launches of a group or none, and others beside it', () => {
    const book = aBook();
    const group = (id: string, resources?: Resources) => ({ ...aLaunch(id, resources), groupId: 'g' });
    const answers = book.accept([open(book).id], [group('a'), aLaunch('b'), group('c', total)]);
    const started = answers.filter(({ refusal }) => refusal === undefined);
    expect(started.map(({ launch }) => launch.attemptId)).toEqual(['b']);
    expect(answers).toHaveLength(3);
    expect(book.free).toEqual(half);
  });

  it('offers no port that an attempt was assigned, until it has ended', () => {
    const book = new OfferBook({ ...total, ports: [{ begin: 31_000, end: 31_003 }] }, 'test');
    const withPorts = (id: string, ports: number[]) => ({
      ...aLaunch(id),
      resources: { ...half, ports: { any: ports.length } },
      assigned: { ports },
    });
    const launches = [withPorts('a', [31_001, 31_003]), withPorts('b', [31_001]), withPorts('c', [80])];
    const answers = book.accept([open(book).id], launches);
    expect(answers.map(({ refusal }) => refusal?.includes('too much of ports'))).toEqual([
      undefined,
      true,
      true,
    ]);
    const rest = open(book);
    expect(rest.resources.ports).toEqual([
      { begin: 31_000, end: 31_000 },
      { begin: 31_002, end: 31_002 },
    ]);
    book.decline(rest.id, 0);
    book.release('a');
    expect(open(book).resources.ports).toEqual([{ begin: 31_000, end: 31_003 }]);
  });

  it('refuses what this machine never has', () => {
    const book = aBook();
    const wishes = [{ gpus: 1 }, { scalars: { licences: 1 } }, { revocable: true }, { gpus: 0 }];
    const launches = wishes.map((more, n) => ({ ...aLaunch(`${n}`), resources: { ...half, ...more } }));
    const answers = book.accept([open(book).id], launches);
    expect(answers.map(({ refusal }) => refusal === undefined)).toEqual([false, false, false, true]);
  });

  it('closes an offer that is to be accepted with another, which cannot be valid', () => {
    const book = aBook();
    const [answer] = book.accept([open(book).id, 'other'], [aLaunch('a')]);
    expect(answer?.refusal).toContain('Offer other is no longer valid');
    expect(open(book).resources).toEqual(total);
  });

  it('never gives out more than there is, whatever is launched and ends', () => {
    const amount = fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10);
    const wanted = fc.record({ cpus: amount, mem: amount, disk: amount });
    const steps = fc.array(fc.record({ launches: fc.array(wanted), ended: fc.nat() }));
    fc.assert(
      fc.property(steps, (list) => {
        const book = aBook();
        const used = new Map<string, Resources>();
        for (const { launches, ended } of list) {
          launchAll(book, launches, used);
          const sum = [...used.values()].reduce(addResources, noResources);
          expect(fitsInto(sum, total)).toBe(true);
          expect(addResources(sum, book.free)).toEqual(total);
          const id = [...used.keys()][ended % (used.size + 1)] ?? '';
          book.release(id);
          used.delete(id);
        }
      }),
    );
  });
});

const launchAll = (book: OfferBook, wanted: readonly Resources[], used: Map<string, Resources>): void => {
  const next = book.next(0);
  if (next.kind !== 'offer') return;
  const launches = wanted.map((resources, n) => aLaunch(`${next.offer.id}.${n}`, resources));
  for (const { launch, refusal } of book.accept([next.offer.id], launches)) {
    if (refusal === undefined) used.set(launch.attemptId, launch.resources);
  }
};
