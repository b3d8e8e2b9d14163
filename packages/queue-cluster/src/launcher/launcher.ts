import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterDefinition } from '../definition/definition.ts';
import type { ClusterLock, Journal } from '../journal/index.ts';
import {
  compacted,
  decide,
  type News,
  type Outcome,
  type PoolEvent,
  type PoolsState,
  viewOf,
} from '../pools/index.ts';
import { isPassing } from '../standing/atomic-file.ts';
import { AgentWatch } from './agent-watch.ts';
import { ClusterFiles, unsaid } from './cluster-files.ts';
import { Effects } from './effects.ts';
import { FactsReader } from './facts-reader.ts';
import { Inbox } from './inbox.ts';
import type { LauncherListener } from './launcher-event.ts';
import { LivingDefinition } from './living-definition.ts';
import { MasterKeeper } from './master-keeper.ts';
import { masterSourceOf } from './master-sources.ts';
import { clearRemains } from './pilot-files.ts';
import { type LauncherPorts, newPilotName } from './ports.ts';
import { hasPassed, type LauncherTiming } from './timing.ts';
import { Troubles } from './troubles.ts';

/** What a launcher works on. */
export interface LauncherParts {
  readonly directory: string;
  readonly definition: ClusterDefinition;
  readonly lock: ClusterLock;
  readonly journal: Journal<PoolEvent>;
  readonly state: PoolsState;
  readonly ports: LauncherPorts;
  readonly timing: LauncherTiming;
  readonly tell: LauncherListener;
  /** When it fires, the launcher leaves. */
  readonly signal: AbortSignal;
}

/** Only to show how things stand. */
const nothingKnown: News = {
  wanted: unsaid,
  ...{ demand: [], submits: [], statuses: [], endings: [], facts: [], failedOrders: [] },
};

/** After news, a little is waited for more: answers come in bursts. */
const gatherMilliseconds = 100;

/** While answers come in, ticks follow one another closely: agents and facts need not be looked at in each. */
const shortestLook = ({ tickMilliseconds }: LauncherTiming): number => tickMilliseconds / 2;

/** The loop: news, decisions, journal, effects. Everything that takes time goes on beside it. */
export class Launcher {
  readonly #parts: LauncherParts;
  readonly #definition: LivingDefinition;
  readonly #inbox = new Inbox();
  readonly #troubles: Troubles;
  readonly #files: ClusterFiles;
  readonly #facts: FactsReader;
  readonly #master: MasterKeeper;
  readonly #agents: AgentWatch;
  readonly #effects: Effects;
  /** Ends queue commands and calls to the master. */
  readonly #cut = new AbortController();
  /** Ends the loop. */
  readonly #failed = new AbortController();
  #state: PoolsState;
  #factsAt = -Infinity;
  /** Whether no pilot is left, and none is to come. */
  #isFinished = false;

  constructor(parts: LauncherParts) {
    const { directory, definition, lock, ports, timing, tell, state } = parts;
    this.#parts = parts;
    this.#state = state;
    // As many queue commands as there are listen to it.
    const { signal } = this.#cut;
    setMaxListeners(0, signal);
    this.#troubles = new Troubles(tell, ports.now);
    const troubles = this.#troubles;
    const { pilots } = state.ledger;
    const known = { definition, pilots, timing: timing.pools };
    this.#definition = new LivingDefinition({ ...known, ports, troubles, tell, signal });
    const { systems } = this.#definition;
    this.#files = new ClusterFiles(directory, troubles);
    this.#facts = new FactsReader(directory);
    const latest = () => this.#definition.now;
    const source = masterSourceOf({ definition: latest, directory, systems, ports, lock, timing });
    this.#master = new MasterKeeper({
      cluster: definition.name,
      directory,
      source,
      open: ports.openMaster,
      troubles,
      tell,
      signal,
    });
    this.#agents = new AgentWatch(() => this.#master.look(), ports, shortestLook(timing));
    this.#effects = new Effects({
      directory,
      cluster: definition.name,
      systems,
      ports,
      lock,
      inbox: this.#inbox,
      master: this.#master,
      troubles,
      limits: timing.pilots,
      isWanted: (name) => {
        const pilot = this.#state.ledger.pilots.get(name);
        return pilot !== undefined && pilot.leaving === undefined && pilot.ended === undefined;
      },
      fail: (error) => this.#failed.abort(error),
    });
  }

  /**
   * Looks after the cluster until it is down, or the signal fires.
   * @throws QueueClusterError LOCKED if another launcher has taken over
   */
  async run(): Promise<'down' | 'left'> {
    try {
      await this.#begin();
      const { signal } = this.#parts;
      const over = AbortSignal.any([signal, this.#failed.signal]);
      while (!over.aborted) {
        if (await this.#tick()) return 'down';
        await this.#pause(over);
      }
      if (this.#failed.signal.aborted) throw this.#failed.signal.reason;
      return 'left';
    } finally {
      await this.#part();
    }
  }

  async #begin(): Promise<void> {
    const { directory, tell } = this.#parts;
    const { ledger } = this.#state;
    await clearRemains(directory, ledger);
    tell({ type: 'begun', directory, pilots: ledger.pilots.size });
  }

  /** Resolves after the usual time, or a moment after something has come in. */
  async #pause(over: AbortSignal): Promise<void> {
    const { ports, timing } = this.#parts;
    const tick = new AbortController();
    const signal = AbortSignal.any([over, tick.signal]);
    const gathered = this.#inbox.arrival().then(() => ports.wait(gatherMilliseconds, signal));
    await Promise.race([gathered, ports.wait(timing.tickMilliseconds, signal)]);
    tick.abort();
  }

  /** True once nothing is left of the cluster. */
  async #tick(): Promise<boolean> {
    const { lock, ports } = this.#parts;
    try {
      await lock.check();
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#troubles.set('lock', error);
      return false;
    }
    this.#troubles.set('lock', undefined);
    const now = ports.now();
    const said = await this.#files.definition();
    if (said) this.#definition.hear(said);
    const news = await this.#gather(now);
    if (news === undefined) {
      await this.#show(nothingKnown, now);
      return false;
    }
    await this.#files.beat(now);
    const outcome = decide(this.#definition.setting, this.#state, news, { now, newName: this.#newName });
    if (await this.#note(outcome)) await this.#accept(outcome);
    else this.#inbox.putBack(news);
    await this.#show(news, now);
    // From then on the master, too, is on its way out, and tells no more of agents.
    this.#isFinished ||= outcome.decisions.some(({ kind }) => kind === 'finish');
    return this.#isFinished && (await this.#master.end());
  }

  readonly #newName = (pool: string): string => {
    const { definition, ports } = this.#parts;
    return newPilotName(definition.name, pool, ports.random);
  };

  /** Undefined where it is not known what is wanted: no beat is given then, by which pilots go that have no work. */
  async #gather(now: number): Promise<News | undefined> {
    // Before the master is looked for: where the cluster goes down, none is started any more.
    const wanted = await this.#files.wanted();
    if (wanted) this.#master.heed(wanted);
    const [demand, , agents] = await Promise.all([
      this.#files.demand(now),
      this.#readFacts(now),
      this.#agents.agents(),
    ]);
    if (wanted === undefined) return undefined;
    return { wanted, demand, ...(agents && { agents }), ...this.#inbox.take() };
  }

  async #readFacts(now: number): Promise<void> {
    if (!hasPassed(shortestLook(this.#parts.timing), { since: this.#factsAt, now })) return;
    this.#factsAt = now;
    const pilots = [...this.#state.ledger.pilots.values()].filter(({ ended }) => !ended);
    const { facts, problems } = await this.#facts.read(pilots.map(({ name }) => name));
    this.#troubles.set('facts of pilots', problems[0]);
    this.#inbox.put({ facts });
  }

  /** Writes down what is about to be done. False where that is impossible now: then nothing is done either. */
  async #note({ events, decisions }: Outcome): Promise<boolean> {
    if (events.length + decisions.length === 0) return true;
    const { journal, lock, tell } = this.#parts;
    try {
      // Since the tick began another launcher may have taken this one for dead, which does nothing more then.
      await lock.check();
      const counting = () => compacted(this.#state.ledger);
      if (events.length > 0) await journal.append(events, counting, () => lock.check());
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#troubles.set('journal', error);
      return false;
    }
    this.#troubles.set('journal', undefined);
    for (const event of events) tell({ type: 'noted', event });
    return true;
  }

  async #accept({ state, decisions }: Outcome): Promise<void> {
    this.#state = state;
    this.#effects.carryOut(decisions, this.#definition.now);
    const { journal, lock } = this.#parts;
    await journal.compact(
      () => compacted(state.ledger),
      () => lock.check(),
    );
  }

  async #show(news: News, now: number): Promise<void> {
    const { definition } = this.#parts;
    const seen = viewOf(this.#definition.setting, this.#state, news, now);
    await this.#files.show({
      ...seen,
      pools: await this.#files.noteFirst(seen, now),
      name: definition.name,
      at: now,
      launcher: { host: hostname(), pid: process.pid },
      master: this.#master.view,
      problems: this.#troubles.lines,
    });
  }

  /** What was begun may end; what hangs is ended. The clock of the ports may stand still, and this is the end. */
  async #part(): Promise<void> {
    const parting = new AbortController();
    const { partingMilliseconds } = this.#parts.timing;
    const patience = sleep(partingMilliseconds, undefined, { signal: parting.signal }).catch(() => undefined);
    await Promise.race([this.#effects.settled(), patience]);
    parting.abort();
    this.#cut.abort();
    await this.#effects.settled();
    await this.#master.close();
  }
}
