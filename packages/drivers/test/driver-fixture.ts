import { randomUUID } from 'node:crypto';
import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  Launch,
  Offer,
  OfferId,
  Resources,
} from '@galaxy-mesos/scheduler';
import { addResources, fitsInto, noResources } from '@galaxy-mesos/scheduler';
import { EventLog } from './event-log.ts';

/** Little enough that several fit into one offer of a small agent. */
export const smallTask: Resources = { cpus: 0.1, mem: 64, disk: 0 };

/** The amounts alone, without what only tasks that ask for it get. */
export const amountsOf = ({ cpus, mem, disk }: Resources): Resources => ({ cpus, mem, disk });

/** A launch of a command as a test wants it, with everything else filled in. */
export const aLaunch = (command: string, changes: Partial<Launch> = {}): Launch => ({
  attemptId: `attempt-${randomUUID()}`,
  name: 'contract',
  command,
  environment: {},
  resources: smallTask,
  ...changes,
});

/** A driver that was started, with the log of its events and the few steps that most tests take. */
export class StartedDriver<Driver extends ClusterDriver = ClusterDriver> {
  readonly driver: Driver;
  readonly log: EventLog;
  readonly #answered = new Set<OfferId>();

  constructor(driver: Driver, log: EventLog) {
    this.driver = driver;
    this.log = log;
  }

  static async start<Driver extends ClusterDriver>(driver: Driver): Promise<StartedDriver<Driver>> {
    const log = new EventLog(driver);
    await driver.start(log.listener);
    return new StartedDriver(driver, log);
  }

  /** Launches on an open offer, all on the same. */
  async launch(...launches: Launch[]): Promise<AttemptReference[]> {
    const wanted = launches.reduce((sum, { resources }) => addResources(sum, resources), noResources);
    const offer = await this.freshOffer(wanted);
    await this.driver.launch([offer.id], launches);
    return launches.map(({ attemptId }) => ({ attemptId, agentId: offer.agent.id }));
  }

  /** Launches one command, waits until it runs. */
  async run(launch: Launch): Promise<AttemptReference> {
    const [reference] = await this.launch(launch);
    if (reference === undefined) throw new Error('launch() answers one reference for each launch');
    await this.log.update(launch.attemptId, ['TASK_RUNNING']);
    return reference;
  }

  /** Runs one command to its end. */
  async outcome(launch: Launch): Promise<AttemptUpdate> {
    await this.launch(launch);
    return this.log.end(launch.attemptId);
  }

  /**
   * An open offer that is enough for `resources`; the caller is to answer it. Smaller ones are declined, as a
   * driver may not offer what else becomes free before.
   */
  async freshOffer(resources: Resources = smallTask): Promise<Offer> {
    for (;;) {
      const offer = await this.log.offer(0, ({ id }) => !this.#answered.has(id));
      this.#answered.add(offer.id);
      if (fitsInto(resources, offer.resources)) return offer;
      await this.driver.decline([offer.id], 0.1);
    }
  }

  /** Waits until a file of the sandbox holds a text. */
  async untilTail(attempt: AttemptReference, text: string): Promise<string> {
    for (let look = 0; look < 600; look += 1) {
      const tail = await this.driver.tailSandboxFile(attempt, 'stdout', 10_000);
      if (tail.includes(text)) return tail;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Waited in vain for '${text}' in the stdout of ${attempt.attemptId}`);
  }
}
