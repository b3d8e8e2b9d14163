import { MesosDriver } from '@galaxy-mesos/drivers';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { realMesosAvailable, startMesos } from '../test-fixtures/real-mesos/real-mesos.ts';
import { launchBare } from './bare-framework.ts';
import { compete, printTable } from './measure.ts';
import { timeTasks, trueTasks } from './true-tasks.ts';

const count = 200;
const cpus = 0.5;
const rounds = 3;

/** Tasks of `true` on a real master and agent, beside the least framework that can launch them. */
export async function benchmarkMesosTasks(): Promise<void> {
  if (!realMesosAvailable()) {
    console.log('\nSkipped: tasks on a real Mesos. `npm run setup:mesos` gets one.');
    return;
  }
  const mesos = await startMesos({ agents: [{ resources: 'cpus:4;mem:4096;disk:4096' }] });
  try {
    const names = ['bare loop on mesos-client', 'scheduler with MesosDriver'];
    const [bare = 0, scheduled = 0] = await compete(
      [
        { name: names[0] ?? '', run: () => launchBare(mesos.url, { count, cpus }) },
        { name: names[1] ?? '', run: () => runScheduled(mesos.url) },
      ],
      { rounds },
    );
    printTable(`${count} tasks of \`true\` on one Mesos 1.11.0 agent with room for 8`, [
      ['', 'seconds', 'tasks/s', 'ratio of rates'],
      [names[0] ?? '', bare.toFixed(2), (count / bare).toFixed(1), '1.00'],
      [names[1] ?? '', scheduled.toFixed(2), (count / scheduled).toFixed(1), (bare / scheduled).toFixed(2)],
    ]);
  } finally {
    await mesos.stop();
  }
}

const runScheduled = (master: string): Promise<number> => {
  const driver = new MesosDriver({ master, frameworkName: 'bench' });
  return timeTasks(trueTasks(count, cpus), { driver, store: new MemoryTaskStore() });
};
