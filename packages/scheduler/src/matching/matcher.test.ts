import { describe, expect, test } from 'vitest';
import { MatcherFixture } from '../testing/matcher-fixture.ts';

const cores = (cpus: number) => ({ cpus, mem: 0, disk: 0 });

describe('Matcher', () => {
  test('puts tasks on agents, names all their offers, and gives back what is of no use', () => {
    const cluster = new MatcherFixture();
    cluster.add('a');
    cluster.add('b', { resources: cores(3) });
    const [first, second] = [cluster.offer('x', cores(2)), cluster.offer('x', cores(1))];
    const useless = cluster.offer('y', cores(0.5));
    const { placements, declined } = cluster.match();
    expect(placements).toMatchObject([
      { offerIds: [first, second], agent: { id: 'x' }, tasks: [{ taskId: 'a' }] },
    ]);
    expect(declined).toEqual([{ offerIds: [useless], refuseSeconds: 5 }]);
    expect(cluster.matcher.waiting).toBe(1);
  });

  test('adds up offers of one agent, not of two roles', () => {
    const cluster = new MatcherFixture();
    cluster.add('a', { resources: cores(2) });
    cluster.offer('x', cores(1), 'red');
    cluster.offer('x', cores(1), 'blue');
    expect(cluster.placed()).toEqual({});
    cluster.offer('x', cores(1), 'red');
    cluster.offer('x', cores(1), 'red');
    expect(cluster.placed()).toEqual({ a: 'x' });
  });

  test('gives a task offers of its own role, or of the default one', () => {
    const cluster = new MatcherFixture({}, [], { role: 'red' });
    cluster.add('a');
    cluster.add('b', { role: 'blue' });
    cluster.offer('x', cores(8), 'blue');
    expect(cluster.placed()).toEqual({ b: 'x' });
    cluster.offer('y', cores(8), 'red');
    expect(cluster.placed()).toEqual({ a: 'y' });
  });

  test.each([
    ['spread', { a: 'empty', b: 'full' }],
    ['best-fit', { a: 'full', b: 'full' }],
    ['first-fit', { a: 'full', b: 'full' }],
  ])('%s puts tasks where its name says', (placement, where) => {
    const cluster = new MatcherFixture({ placement });
    for (const id of Object.keys(where)) cluster.add(id);
    cluster.offer('full', cores(2));
    cluster.offer('empty', cores(2.5));
    expect(cluster.placed()).toEqual(where);
  });

  test('locality puts tasks near those that share a tag', () => {
    const cluster = new MatcherFixture({ placement: 'locality' });
    cluster.add('a', { tags: ['job'] });
    cluster.offer('near', cores(4));
    cluster.placed();
    cluster.add('b', { tags: ['job'] });
    cluster.add('c', { tags: ['other'] });
    cluster.offer('far', cores(2));
    cluster.offer('near', cores(4));
    expect(cluster.placed()).toEqual({ b: 'near', c: 'far' });
  });

  test('asks a policy of ones own, with what would be left', () => {
    const policy = {
      name: 'even',
      score: ({ left }: { left: { cpus: number } }) => (left.cpus % 2 === 0 ? 1 : 0),
    };
    const cluster = new MatcherFixture({ placement: 'even' }, [policy]);
    cluster.add('a');
    cluster.offer('x', cores(8));
    cluster.offer('y', cores(3));
    cluster.offer('z', cores(8));
    expect(cluster.placed()).toEqual({ a: 'y' });
    expect(() => new MatcherFixture({ placement: 'odd' })).toThrow(
      /placement 'odd'; there are spread, best-fit/,
    );
  });

  test('keeps graphics processors for those who ask for them', () => {
    const cluster = new MatcherFixture();
    cluster.add('plain');
    cluster.add('gpu', { resources: { ...cores(1), gpus: 1 } });
    cluster.offer('with', { ...cores(8), gpus: 1 });
    cluster.offer('without', cores(1));
    expect(cluster.placed()).toEqual({ plain: 'without', gpu: 'with' });
  });

  test('puts nothing on an agent that will be gone before it has ended', () => {
    const cluster = new MatcherFixture();
    const going = {
      id: 'x',
      hostname: 'x',
      attributes: {},
      unavailability: { start: 60_000, duration: 60_000 },
    };
    cluster.add('short', { expectedRunSeconds: 30 });
    cluster.add('long', { expectedRunSeconds: 100 });
    cluster.add('unknown');
    cluster.offer(going, cores(8));
    expect(Object.keys(cluster.placed())).toEqual(['short', 'unknown']);
    cluster.now = 70_000;
    cluster.offer(going, cores(8));
    expect(cluster.placed()).toEqual({});
    cluster.now = 120_000;
    cluster.offer(going, cores(8));
    expect(cluster.placed()).toEqual({ long: 'x' });
  });

  test('lets a task have its agent for itself', () => {
    const cluster = new MatcherFixture();
    cluster.add('alone', { constraints: [{ type: 'exclusive' }] });
    cluster.add('other');
    cluster.offer('x', cores(8));
    expect(cluster.placed()).toEqual({ alone: 'x' });
    cluster.offer('x', cores(8), 'another');
    expect(cluster.placed()).toEqual({});
    cluster.end([...cluster.running.keys()][0] ?? '');
    cluster.offer('x', cores(8));
    expect(cluster.placed()).toEqual({ other: 'x' });
  });

  test('a rescinded offer costs nothing: the tasks wait again, in their order', () => {
    const cluster = new MatcherFixture();
    for (let index = 0; index < 3000; index++) cluster.add(`task-${index}`);
    const offers = Array.from({ length: 3000 }, (_, index) => cluster.offer(`agent-${index}`, cores(1)));
    cluster.matchOnce();
    for (const id of offers) if (cluster.offers.has(id)) cluster.rescind(id);
    cluster.match();
    expect(cluster.running.size + cluster.matcher.waiting).toBe(3000);
    expect(cluster.offers.size).toBe(0);
  });

  test('offers are void after the connection was lost', () => {
    const cluster = new MatcherFixture();
    cluster.offer('x', cores(8));
    cluster.matcher.forgetOffers();
    cluster.add('a');
    expect(cluster.placed()).toEqual({});
  });

  test('a task that was removed is not placed', () => {
    const cluster = new MatcherFixture();
    cluster.add('a');
    cluster.add('b');
    cluster.matcher.remove('a');
    cluster.offer('x', cores(8));
    expect(cluster.placed()).toEqual({ b: 'x' });
  });

  test('what was placed and never started does not count', () => {
    const cluster = new MatcherFixture({ users: { ann: { quota: { cpus: 1 } } } });
    cluster.add('a', { user: 'ann' });
    cluster.add('b', { user: 'ann' });
    cluster.offer('x', cores(8));
    expect(cluster.matcher.match(0, 0).placements).toHaveLength(1);
    cluster.offer('y', cores(8));
    expect(Object.keys(cluster.placed())).toEqual(['b']);
    cluster.offer('z', cores(8));
    expect(cluster.placed()).toEqual({});
  });

  test('refuses offers for an hour while nothing waits, and ever longer while they are of no use', () => {
    const cluster = new MatcherFixture();
    const refused = () => cluster.match().declined.map(({ refuseSeconds }) => refuseSeconds);
    cluster.offer('x', cores(1));
    expect(refused()).toEqual([3600]);
    cluster.add('a', { resources: cores(2) });
    const times = [1, 2, 3, 4, 5, 6].flatMap(() => {
      cluster.offer('x', cores(1));
      return refused();
    });
    expect(times).toEqual([5, 10, 20, 40, 80, 120]);
    cluster.add('b', { resources: cores(3), constraints: [{ type: 'equals', field: 'arch', value: 'arm' }] });
    cluster.offer('x', cores(1));
    expect(refused()).toEqual([5]);
  });

  test('refuses agents for long that suit nothing that waits', () => {
    const cluster = new MatcherFixture();
    cluster.add('a', { constraints: [{ type: 'equals', field: 'arch', value: 'arm' }] });
    cluster.offer('x', cores(8));
    expect(cluster.match().declined).toMatchObject([{ refuseSeconds: 600 }]);
  });
});
