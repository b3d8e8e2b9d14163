// A process of its own for tests: opens the store LOCATION and does what it is told.
// usage: node child.ts hold|open|append|commit|commit-large|stand-by LOCATION
import { openJobStore, StoreError } from '@galaxy-mesos/job-store';
import type { TaskChange } from '@galaxy-mesos/scheduler';

const [, , what = '', location = ''] = process.argv;
// A large one takes many calls.
const batchSize = what === 'commit-large' ? 100_000 : 50;

// Of this process: another one's batches have other names.
const batch = (number: number): TaskChange[] =>
  Array.from({ length: batchSize }, (_, index) => ({
    type: 'added',
    spec: {
      id: `${number}-${index}-${process.pid}`,
      name: 'task',
      command: 'true',
      environment: {},
      resources: { cpus: 1, mem: 64, disk: 0 },
      retries: 0,
    },
  }));

try {
  const store = await openJobStore(location, {
    wait: what === 'stand-by',
    leaseSeconds: 4,
    onWaiting: ({ code }) => console.log(`waiting ${code}`),
  });
  console.log(`open ${store.term}`);
  store.lost.addEventListener('abort', () => console.log(`lost ${store.lost.reason.code}`));
  // Keeps the process, and with it the store, until it is killed.
  if (what === 'hold') setInterval(() => {}, 1000);
  const tasks = store.taskStore('cluster');
  for (let number = 0; what === 'commit' || what === 'stand-by'; number++) {
    await tasks.commit(batch(number));
    console.log(`committed ${number}`);
  }
  while (what === 'append') {
    const document = { by: process.pid };
    const lists = [1, 3, 2].map((count) =>
      Array.from({ length: count }, () => ({ jobId: 'a', time: 1, document })),
    );
    const numbers = await Promise.all(lists.map((events) => store.appendEvents(events)));
    console.log(`appended ${numbers.flat().join(' ')}`);
  }
  if (what === 'commit-large') await tasks.commit(batch(0));
  if (what === 'open') await store.close();
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  console.log(`refused ${error.code}`);
}
