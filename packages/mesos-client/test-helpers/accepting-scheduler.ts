// A scheduler as a process, for tests that freeze it: `node accepting-scheduler.ts MASTER`. Each line it reads makes
// it accept an offer of its first subscription; it prints in JSON what comes of everything.
import { stdin } from 'node:process';
import { createInterface } from 'node:readline';
import { MesosError, SchedulerSession } from '../src/index.ts';
import { framework } from './framework.ts';

const print = (value: object): void => console.log(JSON.stringify(value));
const session = new SchedulerSession({ master: process.argv[2] ?? '', framework, contentType: 'json' });
createInterface({ input: stdin }).on('line', async () => {
  const accept = { offer_ids: [{ value: 'offer-1' }] };
  const result = await session.send({ type: 'ACCEPT', accept }).then(
    () => 'taken',
    (error: unknown) => (error instanceof MesosError ? error.code : String(error)),
  );
  print({ accept: result });
});
await session.start((event) => {
  if (event.type === 'FAILED') print({ failed: event.error.code });
});
print({ frameworkId: session.frameworkId });
