import type {
  AgentFacts,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  FilePart,
  Launch,
  Offer,
  OfferId,
} from '@galaxy-mesos/scheduler';

interface Room {
  readonly facts: AgentFacts;
  cpus: number;
  mem: number;
  /** Absent while what is free is with the cluster. */
  offerId?: OfferId;
  declined: boolean;
}

interface Running {
  readonly room: Room;
  readonly launch: Launch;
  readonly endsAt: number;
}

/** The size of the cluster, and what it tells in one go. */
export interface InstantClusterOptions {
  readonly agents: number;
  readonly cpus: number;
  readonly runMilliseconds: number;
  readonly eventsPerTurn: number;
}

/**
 * A driver whose tasks take a while and do nothing, for looking at how the scheduler shares the event loop: it does
 * very little itself, and that a little at a time. Throws where an agent is over-used.
 */
export class InstantCluster implements ClusterDriver {
  readonly kind = 'mesos';
  readonly #options: InstantClusterOptions;
  readonly #rooms: Room[];
  readonly #roomOfOffer = new Map<OfferId, Room>();
  readonly #toOffer = new Set<Room>();
  readonly #updates: AttemptUpdate[] = [];
  /** By when they end. */
  readonly #running: Running[] = [];
  #firstRunning = 0;
  #firstUpdate = 0;
  #listener: DriverListener = () => {};
  #timer: NodeJS.Timeout | undefined;
  #offers = 0;
  #wanted = true;
  launches = 0;

  constructor(options: InstantClusterOptions) {
    this.#options = options;
    this.#rooms = Array.from({ length: options.agents }, (_, index) => ({
      facts: { id: `agent-${index}`, hostname: `host-${index}`, attributes: {} },
      cpus: options.cpus,
      mem: options.cpus * 1024,
      declined: false,
    }));
  }

  async start(listener: DriverListener): Promise<void> {
    this.#listener = listener;
    this.#tell({ type: 'subscribed', frameworkId: 'instant' });
    for (const room of this.#rooms) this.#toOffer.add(room);
    this.#timer = setInterval(() => this.#turn(), 2);
  }

  async launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    const rooms = new Set(offerIds.map((id) => this.#take(id)));
    const [room] = rooms;
    if (!room || rooms.size > 1) throw new Error(`a launch with offers of ${rooms.size} agents`);
    for (const launch of launches) {
      room.cpus -= launch.resources.cpus;
      room.mem -= launch.resources.mem;
      if (room.cpus < 0 || room.mem < 0)
        throw new Error(`${room.facts.id} has no room for ${launch.attemptId}`);
      this.#running.push({ room, launch, endsAt: performance.now() + this.#options.runMilliseconds });
      this.#updates.push(this.#update(launch.attemptId, 'TASK_RUNNING', room));
      this.launches += 1;
    }
    if (room.cpus > 0) this.#toOffer.add(room);
  }

  async decline(offerIds: readonly OfferId[]): Promise<void> {
    for (const id of offerIds) this.#take(id).declined = true;
  }

  async suppress(): Promise<void> {
    this.#wanted = false;
  }

  async revive(): Promise<void> {
    this.#wanted = true;
    for (const room of this.#rooms) {
      if (!room.declined) continue;
      room.declined = false;
      if (room.cpus > 0 && !room.offerId) this.#toOffer.add(room);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  async kill(): Promise<void> {
    throw new Error('a task was killed that nobody had reason to kill');
  }

  async acknowledge(): Promise<void> {}
  async reconcile(): Promise<void> {}
  async answerInverseOffers(): Promise<void> {}
  async tailSandboxFile(): Promise<string> {
    return '';
  }

  async readSandboxFile(): Promise<FilePart> {
    return { bytes: Buffer.alloc(0), size: 0 };
  }

  #take(id: OfferId): Room {
    const room = this.#roomOfOffer.get(id);
    if (!room) throw new Error(`there is no offer ${id}, or it was answered before`);
    this.#roomOfOffer.delete(id);
    delete room.offerId;
    return room;
  }

  #turn(): void {
    const now = performance.now();
    for (let told = 0; told < this.#options.eventsPerTurn; told += 1) {
      const update = this.#updates[this.#firstUpdate];
      if (!update) break;
      this.#firstUpdate += 1;
      this.#tell({ type: 'update', update });
    }
    for (let ended = 0; ended < this.#options.eventsPerTurn; ended += 1) {
      const next = this.#running[this.#firstRunning];
      if (!next || next.endsAt > now) break;
      this.#firstRunning += 1;
      this.#end(next);
    }
    if (this.#wanted) this.#offerSome();
  }

  #end({ room, launch }: Running): void {
    room.cpus += launch.resources.cpus;
    room.mem += launch.resources.mem;
    this.#updates.push(this.#update(launch.attemptId, 'TASK_FINISHED', room));
    if (!room.offerId && !room.declined) this.#toOffer.add(room);
  }

  #offerSome(): void {
    const offers: Offer[] = [];
    for (const room of this.#toOffer) {
      if (offers.length === this.#options.eventsPerTurn) break;
      this.#toOffer.delete(room);
      this.#offers += 1;
      room.offerId = `offer-${this.#offers}`;
      this.#roomOfOffer.set(room.offerId, room);
      offers.push({
        id: room.offerId,
        agent: room.facts,
        resources: { cpus: room.cpus, mem: room.mem, disk: 0 },
      });
    }
    if (offers.length > 0) this.#tell({ type: 'offers', offers });
  }

  #update(attemptId: string, state: 'TASK_RUNNING' | 'TASK_FINISHED', room: Room): AttemptUpdate {
    const agentId = room.facts.id;
    return { attemptId, state, timestamp: Date.now(), agentId, acknowledgement: `${attemptId} ${state}` };
  }

  #tell(event: DriverEvent): void {
    this.#listener(event);
  }
}
