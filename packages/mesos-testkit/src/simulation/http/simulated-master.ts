import type { scheduler } from '@galaxy-mesos/mesos-client';
import type { SchedulerStream } from '../../scheduler/scheduler-exchange.ts';
import { ScriptedMaster, type ScriptedMasterOptions } from '../../scripted-master.ts';
import type { Framework } from '../master/framework.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import type { Subscriber } from '../vocabulary.ts';
import { agentsOf, tasksOf } from './cluster-answers.ts';
import { frameworkCall, frameworkInfoOf, wishOf } from './mesos-calls.ts';
import { mesosEvent } from './mesos-events.ts';
import { carryOut } from './operator-commands.ts';

/** Virtual time moves in steps of so many real milliseconds. */
const stepMilliseconds = 5;

/** How a {@link SimulatedMaster} is set up. */
export interface SimulatedMasterOptions extends Omit<ScriptedMasterOptions, 'play' | 'backing'> {
  readonly cluster: SimulatedCluster;
  /** How many virtual seconds pass in a real one. Default 1. */
  readonly speed?: number;
}

interface Subscription {
  readonly subscriber: Subscriber;
  readonly framework: Framework | undefined;
}

/**
 * A {@link SimulatedCluster} behind the real HTTP API of Mesos 1.11.0: offers, tasks and agents come from the cluster,
 * and {@link SimulatedMaster.http} misbehaves on command as a scripted master does. Virtual time follows real time.
 *
 * @example
 * const cluster = new SimulatedCluster();
 * cluster.addAgents(10_000, { resources: { cpus: 16, mem: 65_536, disk: 100_000 } });
 * await using master = await SimulatedMaster.listen({ cluster, speed: 60 });
 * const driver = new MesosDriver({ master: master.url, frameworkName: 'example' });
 */
export class SimulatedMaster {
  readonly cluster: SimulatedCluster;
  readonly #subscriptions = new Map<SchedulerStream, Subscription>();
  readonly #speed: number;
  #http: ScriptedMaster | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor({ cluster, speed = 1 }: SimulatedMasterOptions) {
    this.cluster = cluster;
    this.#speed = speed;
  }

  /** A master that listens on 127.0.0.1. */
  static async listen(options: SimulatedMasterOptions): Promise<SimulatedMaster> {
    const master = new SimulatedMaster(options);
    const { cluster } = options;
    master.#http = await ScriptedMaster.listen({
      ...options,
      backing: {
        isRemoved: (id) => cluster.master?.state.removedFrameworks.has(id) ?? false,
        subscribed: (stream, subscribe) => master.#subscribed(stream, subscribe),
        called: (stream, call) => master.#called(stream, call),
        commanded: (call) => carryOut(cluster, call),
      },
    });
    master.#http.answer('GET_AGENTS', () => agentsOf(cluster));
    master.#http.answer('GET_TASKS', () => tasksOf(cluster));
    master.#followRealTime();
    return master;
  }

  /** The HTTP side: its connections can be broken, its answers replaced, its process crashed. */
  get http(): ScriptedMaster {
    if (!this.#http) throw new TypeError('make a SimulatedMaster with SimulatedMaster.listen');
    return this.#http;
  }

  get url(): string {
    return this.http.url;
  }

  /** Stops time, and listening. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.http.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #followRealTime(): void {
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.cluster.time.advance((now - last) * this.#speed);
      last = now;
    }, stepMilliseconds);
  }

  #subscribed(stream: SchedulerStream, subscribe: scheduler.Call.Subscribe): void {
    const { frameworkId } = stream;
    const subscriber: Subscriber = {
      hear: (event) => {
        const message = mesosEvent(event, frameworkId);
        if (message) stream.send(message);
      },
      ended: () => stream.end(),
    };
    const { suppressed_roles = [], offer_constraints } = subscribe;
    const framework = this.cluster.master?.subscribe(
      { ...frameworkInfoOf(stream.frameworkInfo), id: frameworkId },
      subscriber,
      { suppressedRoles: suppressed_roles, wish: wishOf(stream.frameworkInfo, offer_constraints) },
    );
    this.#subscriptions.set(stream, { subscriber, framework });
    void stream.closed.then(() => {
      this.#subscriptions.delete(stream);
      if (framework) this.cluster.master?.frameworks.disconnected(framework, subscriber);
    });
  }

  #called(stream: SchedulerStream, message: scheduler.Call): void {
    const subscription = this.#subscriptions.get(stream);
    const call = frameworkCall(message);
    if (subscription && call) this.cluster.master?.call(stream.frameworkId, subscription.subscriber, call);
  }
}
