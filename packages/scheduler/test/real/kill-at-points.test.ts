import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { recordsIn } from './compose.ts';
import { Ledger } from './ledger.ts';
import { type Point, points } from './process-settings.ts';
import { SchedulerChild } from './scheduler-child.ts';

let cluster: RealMesos;

beforeAll(async () => {
  if (!requireRealMesos()) return;
  cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:1024' }] });
});

afterAll(() => cluster?.stop());

/** Runs three tasks, kills the scheduler at a point, lets another one go on; answers what came of it. */
async function runThrough(point: Point, occurrence: number) {
  const folder = join(cluster.folder, `${point}-${occurrence}`);
  const ledger = new Ledger(folder);
  const settings = {
    master: cluster.url,
    store: join(folder, 'store.sqlite'),
    tasks: ['a', 'b', 'c'].map((id) => ledger.task(id, 'sleep 0.1')),
  };
  await using first = new SchedulerChild({ ...settings, crashAt: { point, occurrence } });
  const firstEnd = await first.ended;
  await using second = new SchedulerChild(settings);
  const secondEnd = await second.ended;
  const account = ledger.account(await recordsIn(settings.store));
  return { ends: [firstEnd, secondEnd], lastLine: first.lines.at(-1), account };
}

// The second launch is of the third task: two run at a time.
const twice: readonly Point[] = ['intent', 'sent', 'accepted', 'ended'];
const moments = [
  ...points.map((point) => ({ point, occurrence: 1 })),
  ...twice.map((point) => ({ point, occurrence: 2 })),
];

describe.skipIf(!requireRealMesos())('a scheduler that is killed', () => {
  it.each(moments)(
    'at the point $point, passed $occurrence times, loses nothing and does nothing twice',
    async ({ point, occurrence }) => {
      const { ends, lastLine, account } = await runThrough(point, occurrence);
      expect(ends).toEqual(['SIGKILL', 0]);
      expect(lastLine).toBe(point);
      expect(account).toEqual({ wrong: [], doubled: [] });
    },
  );
});
