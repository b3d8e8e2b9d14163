// A process of its own for tests: opens the store FILE and does what it is told.
// usage: node child.ts hold|open|commit FILE
import { SqliteJobStore, StoreError } from '@galaxy-mesos/job-store';
import type { TaskChange } from '@galaxy-mesos/scheduler';

const [, , what = '', file = ''] = process.argv;
const batchSize = 50;

const batch = (number: number): TaskChange[] =>
  Array.from({ length: batchSize }, (_, index) => ({
    type: 'added',
    spec: {
      id: `${number}-${index}`,
      name: 'task',
      command: 'true',
      environment: {},
      resources: { cpus: 1, mem: 64, disk: 0 },
      retries: 0,
    },
  }));

try {
  const store = new SqliteJobStore(file);
  console.log('open');
  // Keeps the process, and with it the store, until it is killed.
  if (what === 'hold') setInterval(() => {}, 1000);
  const tasks = store.taskStore('cluster');
  for (let number = 0; what === 'commit'; number++) {
    await tasks.commit(batch(number));
    console.log(`committed ${number}`);
  }
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  console.log(`refused ${error.code}`);
}
