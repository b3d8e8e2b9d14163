import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { quoteForShell } from '@galaxy-mesos/parallelism';
import {
  type ClusterDriver,
  type DriverEvent,
  fitsInto,
  isTerminal,
  type Offer,
} from '@galaxy-mesos/scheduler';
import { messageOf } from '../report-error.ts';
import type { Finding } from './finding.ts';

const probeResources = { cpus: 0.01, mem: 32, disk: 0 };
const patienceMilliseconds = 30_000;

interface Answer {
  readonly hostname: string;
  readonly sees: boolean;
}

/**
 * Finds out whether agents see a directory under the same name: writes a file there, and runs a tiny task on
 * each agent that looks for it. Agents that offer nothing in time are told of as not asked. That the agents could
 * not be asked is a finding, too: it must not keep the others from being told.
 */
export async function lookAtSharedPath(
  directory: string,
  driver: ClusterDriver,
  agents: number,
): Promise<Finding> {
  const subject = 'shared path';
  const file = path.resolve(directory, `.galaxy-mesos-probe-${randomBytes(6).toString('hex')}`);
  writeFileSync(file, '');
  try {
    const answers = await askAgents(driver, `[ -f ${quoteForShell(file)} ]`, agents);
    const blind = answers.filter(({ sees }) => !sees).map(({ hostname }) => hostname);
    if (blind.length > 0) {
      const text = `not seen by ${blind.length} of ${answers.length} agents: ${blind.join(', ')}`;
      return {
        subject,
        state: 'problem',
        text,
        advice: 'name a directory that all agents share with --work-dir',
      };
    }
    const silent = agents - answers.length;
    if (silent > 0) {
      return {
        subject,
        state: 'note',
        text: `${answers.length} of ${agents} agents see it; ${silent} had nothing to offer`,
      };
    }
    return { subject, state: 'ok', text: `all ${agents} agents see the work directory` };
  } catch (error) {
    const advice = 'see that a framework may register with this master, then ask again';
    return { subject, state: 'problem', text: `the agents could not be asked: ${messageOf(error)}`, advice };
  } finally {
    rmSync(file, { force: true });
  }
}

async function askAgents(driver: ClusterDriver, command: string, agents: number): Promise<Answer[]> {
  const survey = new Survey(driver, command, agents);
  try {
    await driver.start((event) => survey.hear(event));
    return await survey.answers();
  } finally {
    await driver.stop('teardown');
  }
}

/** Asks each agent once, with the first offer of it that is large enough. */
class Survey {
  readonly #driver: ClusterDriver;
  readonly #command: string;
  readonly #wanted: number;
  readonly #asked = new Map<string, string>();
  readonly #answers = new Map<string, Answer>();
  readonly #done = Promise.withResolvers<void>();

  constructor(driver: ClusterDriver, command: string, agents: number) {
    this.#driver = driver;
    this.#command = command;
    this.#wanted = agents;
    // It may fail while the driver still connects, before anybody waits for answers.
    this.#done.promise.catch(() => {});
  }

  async answers(): Promise<Answer[]> {
    const timer = setTimeout(() => this.#done.resolve(), patienceMilliseconds);
    try {
      await this.#done.promise;
      return [...this.#answers.values()];
    } finally {
      clearTimeout(timer);
    }
  }

  hear(event: DriverEvent): void {
    if (event.type === 'offers') for (const offer of event.offers) this.#call(this.#ask(offer));
    if (event.type === 'failed') this.#done.reject(event.error);
    if (event.type !== 'update') return;
    const { update } = event;
    this.#call(this.#driver.acknowledge(update));
    const hostname = this.#asked.get(update.attemptId);
    if (hostname === undefined || !isTerminal(update.state)) return;
    this.#answers.set(update.attemptId, { hostname, sees: update.state === 'TASK_FINISHED' });
    if (this.#answers.size === this.#wanted) this.#done.resolve();
  }

  async #ask(offer: Offer): Promise<void> {
    const attemptId = `probe-${offer.agent.id}`;
    if (this.#asked.has(attemptId) || !fitsInto(probeResources, offer.resources)) {
      await this.#driver.decline([offer.id], 1);
      return;
    }
    this.#asked.set(attemptId, offer.agent.hostname);
    const launch = {
      attemptId,
      name: 'galaxy-mesos doctor',
      command: this.#command,
      environment: {},
      resources: probeResources,
    };
    await this.#driver.launch([offer.id], [launch]);
  }

  #call(call: Promise<void>): void {
    call.catch((error: unknown) => this.#done.reject(error));
  }
}
