import type { Amounts } from '../fairness/amounts.ts';
import { KeptAgents } from '../fairness/kept-agents.ts';
import { GangDesk } from '../gangs/gang-desk.ts';
import { LittleCluster } from './little-cluster.ts';

/** What competes for a little cluster. Times are in seconds. */
export interface GangWorldOptions {
  /** Cores of each agent. */
  readonly agents: readonly number[];
  /** Each member has two cores. */
  readonly gangs: readonly { readonly size: number; readonly run: number }[];
  /** How long the small tasks run that fill all room there is, over and over. */
  readonly tasks: readonly number[];
  readonly maximumShare: number;
  readonly maximumSeconds: number;
}

const small: Amounts = [1000];
const member: Amounts = [2000];

/** Gangs and small tasks on a little cluster, second by second; every agent is full when the gangs come. */
export class GangWorld {
  readonly started = new Set<string>();
  /** The gangs that have hoarded. */
  readonly turns = new Set<string>();
  smallTasks = 0;
  /** Of all cores. */
  mostHeld = 0;
  /** Seconds. */
  longestTurn = 0;
  readonly #options: GangWorldOptions;
  readonly #cluster: LittleCluster;
  readonly #kept = new KeptAgents();
  readonly #desk: GangDesk;
  readonly #cores: number;
  #turn: { readonly id: string; readonly since: number } | undefined;
  #now = 0;

  constructor(options: GangWorldOptions) {
    this.#options = options;
    this.#cluster = new LittleCluster(options.agents.map((cores) => [cores * 1000]));
    this.#cores = options.agents.reduce((sum, cores) => sum + cores, 0);
    this.#desk = new GangDesk(options, this.#kept);
    this.#fill();
    for (const [index, { size }] of options.gangs.entries()) {
      for (let task = 0; task < size; task++) this.#desk.add({ id: `g${index}`, size }, `g${index}-${task}`);
    }
  }

  run(seconds: number): void {
    for (const end = this.#now + seconds * 1000; this.#now < end; this.#now += 1000) {
      this.#cluster.endUntil(this.#now);
      for (const agent of this.#cluster.agents) this.#kept.refresh(agent, this.#now);
      for (const { id } of this.#desk.complete()) this.#tryGang(id);
      this.#desk.expire(this.#now);
      this.#observe();
      this.#giveTurn();
      this.#observe();
      this.#fill();
    }
  }

  #tryGang(id: string): void {
    const gang = this.#options.gangs[Number(id.slice(1))] ?? { size: 0, run: 0 };
    const end = this.#now + gang.run * 1000;
    const rooms = this.#cluster.agents.flatMap((agent) => {
      const count = Math.floor((agent.free[0] ?? 0) / (member[0] ?? 1));
      return this.#kept.mayUse(agent.id, [(member[0] ?? 0) * count], end, id)
        ? Array<string>(count).fill(agent.id)
        : [];
    });
    if (rooms.length < gang.size) return;
    for (const room of rooms.slice(0, gang.size)) {
      this.#cluster.start(room, member, end, end);
      this.#kept.used(room, member, end, id);
    }
    this.#desk.launched(id);
    this.started.add(id);
  }

  #giveTurn(): void {
    for (let id = this.#desk.nextInLine(this.#now); id; id = this.#desk.nextInLine(this.#now)) {
      const members = Array<Amounts>(this.#options.gangs[Number(id.slice(1))]?.size ?? 0).fill(member);
      this.turns.add(id);
      this.#desk.hoard(
        { gangId: id, members, agents: this.#cluster.agents, knownCores: this.#cores },
        this.#now,
      );
    }
  }

  #observe(): void {
    const held = this.#kept.all.reduce((sum, { wanted }) => sum + (wanted[0] ?? 0), 0);
    this.mostHeld = Math.max(this.mostHeld, held / 1000 / this.#cores);
    const id = this.#desk.complete().find(({ hoards }) => hoards)?.id;
    if (id !== this.#turn?.id) this.#turn = id === undefined ? undefined : { id, since: this.#now };
    if (this.#turn) this.longestTurn = Math.max(this.longestTurn, (this.#now - this.#turn.since) / 1000);
  }

  #fill(): void {
    const { tasks } = this.#options;
    for (let turn = 0; turn < 2 * this.#cores; turn++) {
      const end = this.#now + (tasks[(this.#now / 1000 + turn) % tasks.length] ?? 1) * 1000;
      const room = this.#cluster.withRoomFor(small).find((id) => this.#kept.mayUse(id, small, end));
      if (room === undefined) continue;
      this.#cluster.start(room, small, end, end);
      this.#kept.used(room, small, end);
      this.smallTasks++;
    }
  }
}
