import type { AgentFacts, AgentResources } from '@galaxy-mesos/scheduler';
import { SimulatedAgent } from './agent/simulated-agent.ts';
import { firstRetryMilliseconds } from './agent/update-sender.ts';
import { Ledger } from './audit/ledger.ts';
import { MasterProcess } from './master/master-process.ts';
import { Registry } from './master/registry.ts';
import { Network } from './network.ts';
import { type ClusterOptions, type ClusterSettings, settleOptions } from './options.ts';
import { Random } from './random.ts';
import { agentResourcesOf, bagOfAgent } from './resources/agent-resources.ts';
import { DelayLine } from './time/delay-line.ts';
import { VirtualTime } from './time/virtual-time.ts';

/** An agent to be added; what is not given is made up. */
export interface AgentDescription {
  readonly hostname?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly zone?: string;
  readonly resources: AgentResources;
}

/**
 * A Mesos cluster in virtual time: a master as Mesos 1.11.0 behaves, and as many agents as there is memory for.
 * Deterministic: the same options, calls and faults give the same events.
 *
 * @example
 * const cluster = new SimulatedCluster({ seed: 7 });
 * cluster.addAgents(1000, { resources: { cpus: 16, mem: 65_536, disk: 100_000 } });
 * const driver = new SimulatedDriver({ cluster });
 * await driver.start((event) => console.log(event));
 * cluster.time.advance(60_000);
 */
export class SimulatedCluster {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly random: Random;
  readonly settings: ClusterSettings;
  /** All agents there are, whatever has become of them. */
  readonly agents = new Map<string, SimulatedAgent>();
  readonly ledger = new Ledger();
  readonly #firstRetries: DelayLine;
  readonly #outages = new Map<string, number>();
  #registry = new Registry();
  #master: MasterProcess | undefined;
  #masterCount = 0;
  #uuids = 0;

  constructor(options: ClusterOptions = {}) {
    this.settings = settleOptions(options);
    const { seed, schedulerLatencySeconds, agentLatencySeconds, dateAtStart } = this.settings;
    this.time = new VirtualTime(dateAtStart);
    this.random = new Random(seed);
    this.#firstRetries = new DelayLine(this.time, firstRetryMilliseconds);
    this.network = new Network(this.time, {
      scheduler: schedulerLatencySeconds * 1000,
      agent: agentLatencySeconds * 1000,
    });
    this.#elect();
  }

  /** The master that leads; `undefined` while there is none. */
  get master(): MasterProcess | undefined {
    return this.#master;
  }

  /** Adds an agent, which registers at once. */
  addAgent({ hostname, resources, attributes = {}, region, zone }: AgentDescription): SimulatedAgent {
    const number = this.agents.size;
    const facts: AgentFacts = {
      id: `agents-S${number}`,
      hostname: hostname ?? `host-${number}`,
      attributes,
      ...(region !== undefined && { region }),
      ...(zone !== undefined && { zone }),
    };
    const agent = new SimulatedAgent(facts, bagOfAgent(resources), {
      time: this.time,
      network: this.network,
      firstRetries: this.#firstRetries,
      random: this.random,
      behaviour: this.settings.behaviour,
      nextUuid: () => ++this.#uuids,
      deliver: (from, task, status) => this.#master?.hear(from, task, status),
      started: (on, task) => this.ledger.started(on, task),
    });
    this.agents.set(agent.id, agent);
    this.#master?.agents.register(agent);
    return agent;
  }

  /** Adds many that are alike. */
  addAgents(count: number, description: AgentDescription): SimulatedAgent[] {
    return Array.from({ length: count }, () => this.addAgent(description));
  }

  /** The agent of this id. Throws if there never was one. */
  agent(agentId: string): SimulatedAgent {
    const agent = this.agents.get(agentId);
    if (!agent) throw new RangeError(`there is no agent ${agentId}; ids are those that addAgent answers`);
    return agent;
  }

  /** The network between an agent and the master breaks; what runs there goes on. */
  partitionAgent(agentId: string): void {
    this.agent(agentId).isCut = true;
    this.#watchSilence(agentId);
  }

  /** The network is whole again. */
  healAgent(agentId: string): void {
    const agent = this.agent(agentId);
    agent.isCut = false;
    // A short cut goes unnoticed by both sides.
    if (!this.#master?.state.entries.get(agentId)?.isConnected) this.#registerSoon(agent);
  }

  /** `kill -9` of the agent's process; executors and tasks go on. */
  killAgent(agentId: string): void {
    const agent = this.agent(agentId);
    agent.isUp = false;
    agent.isRegistered = false;
    if (!agent.isCut) this.#master?.agents.disconnected(agentId);
    this.#watchSilence(agentId);
  }

  /** The machine is without power: the agent's process and all tasks are dead. */
  powerOff(agentId: string): void {
    this.agent(agentId).loseTasks();
    this.killAgent(agentId);
  }

  /** Starts the process of an agent again, with its work directory. Tasks of those who do not checkpoint are killed. */
  startAgent(agentId: string): void {
    const agent = this.agent(agentId);
    agent.isUp = true;
    for (const { framework } of [...agent.tasks.values()])
      if (!framework.checkpoint) agent.shutDownFramework(framework.id);
    agent.reportLostTasks();
    this.#registerSoon(agent);
  }

  /** An agent with an empty work directory comes in the place of another, under a new id. */
  replaceAgent(agentId: string): SimulatedAgent {
    const old = this.agent(agentId);
    old.loseTasks();
    old.isUp = false;
    old.isRegistered = false;
    this.#master?.agents.removed(agentId, 'a new agent registered at the same address');
    const { id: _id, unavailability: _unavailability, ...description } = old.facts;
    return this.addAgent({ ...description, resources: agentResourcesOf(old.total) });
  }

  /**
   * The master dies, and after so many seconds another one leads: frameworks are disconnected, offers void, and what
   * it knew it learns again from agents that register.
   */
  failMaster(downSeconds: number): void {
    const master = this.#master;
    this.#master = undefined;
    if (master) {
      master.state.isAlive = false;
      for (const { subscriber } of master.state.frameworks.values()) subscriber?.ended();
    }
    for (const agent of this.agents.values()) agent.isRegistered = false;
    if (this.settings.registry === 'in_memory') this.#registry = new Registry();
    this.time.after(downSeconds * 1000, () => {
      if (this.#master) return;
      this.#elect();
      for (const agent of this.agents.values()) this.#registerSoon(agent);
    });
  }

  #elect(): void {
    this.#master = new MasterProcess({
      id: `master${this.#masterCount++}`,
      time: this.time,
      network: this.network,
      random: this.random,
      settings: this.settings,
      registry: this.#registry,
    });
  }

  /** As agents do that find a master: at a random moment, so that not all come at once. */
  #registerSoon(agent: SimulatedAgent): void {
    const seconds = this.random.between(0, this.settings.registrationSeconds);
    this.time.after(seconds * 1000, () => {
      if (agent.isConnected && !agent.isRegistered) this.#master?.agents.register(agent);
    });
  }

  /** The master pings; an agent that stays silent becomes unreachable. */
  #watchSilence(agentId: string): void {
    const outage = (this.#outages.get(agentId) ?? 0) + 1;
    this.#outages.set(agentId, outage);
    this.time.after(this.settings.pingTimeoutSeconds * 1000, () => {
      if (this.#outages.get(agentId) !== outage || this.agent(agentId).isConnected) return;
      this.agent(agentId).isRegistered = false;
      if (this.#master?.state.entries.has(agentId)) this.#master.agents.markUnreachable(agentId);
    });
  }
}
