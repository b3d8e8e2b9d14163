import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addResources,
  fitsInto,
  noResources,
  type Resources,
  subtractResources,
} from '../model/resources.ts';
import type { Offer } from '../ports/driver.ts';
import { type DemandClass, matchOffers } from './match.ts';

const amount = fc.integer({ min: 0, max: 8000 }).map((thousandths) => thousandths / 1000);
const offered = fc.record({ cpus: amount, mem: amount, disk: amount });
const demand = fc.record({
  cpus: fc.integer({ min: 1, max: 4000 }).map((thousandths) => thousandths / 1000),
  mem: amount,
  disk: amount,
});

const offersOf = (all: readonly Resources[]): Offer[] =>
  all.map((resources, index) => ({
    id: `offer-${index}`,
    agent: { id: `agent-${index}`, hostname: 'h', attributes: {} },
    resources,
  }));

/** Classes whose tasks arrived in the order of `arrivals`, each the index of a class. */
const classesOf = (demands: readonly Resources[], arrivals: readonly number[]): DemandClass[] =>
  demands
    .map((resources, index) => ({
      resources,
      tasks: arrivals.flatMap((kind, sequence) =>
        kind % demands.length === index ? [{ id: `task-${sequence}`, sequence }] : [],
      ),
    }))
    .filter(({ tasks }) => tasks.length > 0);

const situation = fc
  .tuple(
    fc.array(demand, { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat(4), { maxLength: 40 }),
    fc.array(offered, { maxLength: 8 }),
  )
  .map(([demands, arrivals, rooms]) => ({ classes: classesOf(demands, arrivals), offers: offersOf(rooms) }));

const demandOf = (classes: readonly DemandClass[], taskId: string): Resources =>
  classes.find(({ tasks }) => tasks.some(({ id }) => id === taskId))?.resources ?? noResources;

describe('matchOffers', () => {
  test('what is placed on an offer never exceeds it', () => {
    fc.assert(
      fc.property(situation, ({ classes, offers }) => {
        for (const { offer, taskIds } of matchOffers(classes, offers).placements) {
          const used = taskIds.map((id) => demandOf(classes, id)).reduce(addResources, noResources);
          expect(fitsInto(used, offer.resources)).toBe(true);
        }
      }),
    );
  });

  test('no task is placed twice, and every offer is either used or not', () => {
    fc.assert(
      fc.property(situation, ({ classes, offers }) => {
        const { placements, unusedOffers } = matchOffers(classes, offers);
        const placed = placements.flatMap(({ taskIds }) => taskIds);
        expect(new Set(placed).size).toBe(placed.length);
        const answered = [...placements.map(({ offer }) => offer.id), ...unusedOffers.map(({ id }) => id)];
        expect(answered.toSorted()).toEqual(offers.map(({ id }) => id).toSorted());
      }),
    );
  });

  test('of each class the first tasks are placed', () => {
    fc.assert(
      fc.property(situation, ({ classes, offers }) => {
        const placed = new Set(matchOffers(classes, offers).placements.flatMap(({ taskIds }) => taskIds));
        for (const { tasks } of classes) {
          const count = tasks.filter(({ id }) => placed.has(id)).length;
          expect(tasks.slice(0, count).every(({ id }) => placed.has(id))).toBe(true);
        }
      }),
    );
  });

  test('what is left unplaced fits into nothing that is left, and its class is told', () => {
    fc.assert(
      fc.property(situation, ({ classes, offers }) => {
        const { placements, unusedOffers, unplaced } = matchOffers(classes, offers);
        const placed = new Set(placements.flatMap(({ taskIds }) => taskIds));
        const rest = [
          ...unusedOffers.map(({ resources }) => resources),
          ...placements.map(({ offer, taskIds }) =>
            taskIds.map((id) => demandOf(classes, id)).reduce(subtractResources, offer.resources),
          ),
        ];
        const incomplete = classes.filter(({ tasks }) => tasks.some(({ id }) => !placed.has(id)));
        expect(new Set(unplaced)).toEqual(new Set(incomplete));
        for (const { resources } of incomplete) {
          expect(rest.some((room) => fitsInto(resources, room))).toBe(false);
        }
      }),
    );
  });

  test('spreads tasks over offers, and lets small ones pass a large one that fits nowhere', () => {
    const small = { cpus: 1, mem: 1, disk: 0 };
    const classes = classesOf([{ cpus: 9, mem: 1, disk: 0 }, small], [0, 1, 1]);
    const offers = offersOf([
      { cpus: 4, mem: 4, disk: 0 },
      { cpus: 4, mem: 4, disk: 0 },
    ]);
    const { placements, unplaced } = matchOffers(classes, offers);
    expect(placements.map(({ taskIds }) => taskIds)).toEqual([['task-1'], ['task-2']]);
    expect(unplaced).toEqual([classes[0]]);
  });
});
