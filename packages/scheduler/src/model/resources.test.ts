import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addResources,
  describeResources,
  fitsInto,
  missingResources,
  noResources,
  type Resources,
  resourceNames,
  subtractResources,
} from './resources.ts';

const thousandths = fc.integer({ min: 0, max: 2 ** 40 });
const amounts = fc.record({ cpus: thousandths, mem: thousandths, disk: thousandths });
type Amounts = { cpus: number; mem: number; disk: number };
const resourcesOf = ({ cpus, mem, disk }: Amounts): Resources => ({
  cpus: cpus / 1000,
  mem: mem / 1000,
  disk: disk / 1000,
});
const each = (a: Amounts, b: Amounts, operation: (x: number, y: number) => number): Amounts => ({
  cpus: operation(a.cpus, b.cpus),
  mem: operation(a.mem, b.mem),
  disk: operation(a.disk, b.disk),
});

describe('resources', () => {
  test('0.1 taken from 0.3 leaves exactly 0.2', () => {
    const left = subtractResources({ ...noResources, cpus: 0.3 }, { ...noResources, cpus: 0.1 });
    expect(left.cpus).toBe(0.2);
  });

  test('sums and differences are those of the integer thousandths', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const [x, y] = [resourcesOf(a), resourcesOf(b)];
        expect(addResources(x, y)).toEqual(resourcesOf(each(a, b, (left, right) => left + right)));
        expect(subtractResources(x, y)).toEqual(resourcesOf(each(a, b, (left, right) => left - right)));
      }),
    );
  });

  test('any number of tasks taken one by one leave what their product leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }), (share, count) => {
        const task = { cpus: share / 1000, mem: share / 1000, disk: 0 };
        let left: Resources = { cpus: (share * count) / 1000, mem: (share * count) / 1000, disk: 0 };
        for (let taken = 0; taken < count; taken++) {
          expect(fitsInto(task, left)).toBe(true);
          left = subtractResources(left, task);
        }
        expect(left).toEqual(noResources);
      }),
    );
  });

  test('what fits is what has no thousandth more than there is, and what is missing is named', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const missing = resourceNames.filter((name) => a[name] > b[name]);
        expect(missingResources(resourcesOf(a), resourcesOf(b))).toEqual(missing);
        expect(fitsInto(resourcesOf(a), resourcesOf(b))).toBe(missing.length === 0);
      }),
    );
  });

  test('people read of cpu in the singular for one', () => {
    expect(describeResources({ cpus: 1, mem: 512, disk: 0 })).toBe('1 cpu, 512 MiB of memory, 0 MiB of disk');
    expect(describeResources({ cpus: 0.5, mem: 1, disk: 2 })).toBe(
      '0.5 cpus, 1 MiB of memory, 2 MiB of disk',
    );
  });
});
