// A process that holds a LocalDriver and is killed by tests: node doomed-process.ts SANDBOX_ROOT HOW COMMAND...
// Prints a line for each update. HOW is `hold`: stay, `disconnect`: end once all run, `kill`: kill each once it has
// printed something, and stay, `group`: start all as a group, and stay, `ports`: give each a port, and stay.
import { LocalDriver } from '@galaxy-mesos/drivers';
import type { DriverEvent, Offer } from '@galaxy-mesos/scheduler';

const [, , sandboxRoot = '', how = 'hold', ...commands] = process.argv;

const driver = new LocalDriver({ sandboxRoot, resources: { cpus: 4, mem: 4096, disk: 1024 } });
let running = 0;
let isLaunched = false;

const launch = (offer: Offer): Promise<void> =>
  driver.launch(
    [offer.id],
    commands.map((command, index) => ({
      attemptId: `attempt-${index}`,
      name: command,
      command,
      environment: {},
      resources: { cpus: 1, mem: 512, disk: 0, ...(how === 'ports' && { ports: { any: 1 } }) },
      ...(how === 'ports' && { assigned: { ports: [31_000 + index] } }),
      ...(how === 'group' && { groupId: 'group' }),
      maximumRunSeconds: 3600,
    })),
  );

const allRun = async (): Promise<void> => {
  if (how === 'disconnect') await driver.stop('disconnect');
  if (how !== 'kill') return;
  for (const index of commands.keys()) {
    const attempt = { attemptId: `attempt-${index}`, agentId: 'local' };
    while ((await driver.tailSandboxFile(attempt, 'stdout', 100)) === '') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await driver.kill(attempt, 3600);
  }
};

const listen = async (event: DriverEvent): Promise<void> => {
  const [offer] = event.type === 'offers' ? event.offers : [];
  if (offer !== undefined && !isLaunched) {
    isLaunched = true;
    await launch(offer);
  }
  if (event.type !== 'update') return;
  console.log(`${event.update.attemptId} ${event.update.state}`);
  if (event.update.state === 'TASK_RUNNING') running += 1;
  if (event.update.state === 'TASK_RUNNING' && running === commands.length) await allRun();
};

await driver.start((event) => {
  listen(event).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
