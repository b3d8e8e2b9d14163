import type {
  AttemptReference,
  AttemptUpdate,
  ClusterDriver,
  DriverEvent,
  DriverListener,
  FilePart,
  Launch,
  Offer,
  OfferId,
  OfferWish,
} from '../ports/driver.ts';

/** A call that a {@link ScriptedDriver} was given. */
export type DriverCall =
  | { readonly call: 'launch'; readonly offerIds: readonly OfferId[]; readonly launches: readonly Launch[] }
  | { readonly call: 'decline'; readonly offerIds: readonly OfferId[]; readonly refuseSeconds: number }
  | { readonly call: 'kill'; readonly attempt: AttemptReference; readonly graceSeconds: number }
  | { readonly call: 'acknowledge'; readonly update: AttemptUpdate }
  | { readonly call: 'reconcile'; readonly attempts: readonly AttemptReference[] }
  | { readonly call: 'suppress' }
  | { readonly call: 'revive'; readonly wish?: OfferWish }
  | {
      readonly call: 'answerInverseOffers';
      readonly offerIds: readonly OfferId[];
      readonly answer: 'accept' | 'decline';
    }
  | { readonly call: 'stop'; readonly how: 'teardown' | 'disconnect' };

/** A cluster that does nothing by itself: a test says what it tells, and looks at what it was asked. */
export class ScriptedDriver implements ClusterDriver {
  readonly kind = 'local';
  /** Every call so far, in order. */
  readonly calls: DriverCall[] = [];
  /** Stands in for what a call does: throws for one that fails, waits for one that takes long. */
  onCall: (call: DriverCall) => void | Promise<void> = () => {};
  #listener: DriverListener = () => {};
  #offers = 0;

  /** Says `subscribed` at once. */
  async start(listener: DriverListener): Promise<void> {
    this.listen(listener);
    this.emit({ type: 'subscribed', frameworkId: 'scripted' });
  }

  /** Tells whoever listens from now on, though it is not connected. */
  protected listen(listener: DriverListener): void {
    this.#listener = listener;
  }

  /** Tells the listener of something. */
  emit(event: DriverEvent): void {
    this.#listener(event);
  }

  /** Offers resources of an agent; answers the offer. */
  offer(resources: Partial<Offer['resources']>, more: Partial<Omit<Offer, 'resources'>> = {}): Offer {
    const id = `offer-${++this.#offers}`;
    const all = { cpus: 1, mem: 1024, disk: 1024, ...resources };
    const agent = { id: 'agent-1', hostname: 'host-1', attributes: {} };
    const offer = { id, agent, ...more, resources: all };
    this.emit({ type: 'offers', offers: [offer] });
    return offer;
  }

  /** Tells of the state of an attempt. */
  update(attemptId: string, state: AttemptUpdate['state'], more: Partial<AttemptUpdate> = {}): void {
    const update = { attemptId, state, timestamp: 1_700_000_000_000, agentId: 'agent-1', ...more };
    this.emit({ type: 'update', update });
  }

  /** The calls of one kind so far. */
  callsOf<Kind extends DriverCall['call']>(kind: Kind): Extract<DriverCall, { call: Kind }>[] {
    return this.calls.filter((call): call is Extract<DriverCall, { call: Kind }> => call.call === kind);
  }

  /** The ids of the attempts that were launched so far. */
  get launched(): string[] {
    return this.callsOf('launch').flatMap(({ launches }) => launches.map(({ attemptId }) => attemptId));
  }

  launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void> {
    return this.#called({ call: 'launch', offerIds, launches });
  }

  decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void> {
    return this.#called({ call: 'decline', offerIds, refuseSeconds });
  }

  kill(attempt: AttemptReference, graceSeconds: number): Promise<void> {
    return this.#called({ call: 'kill', attempt, graceSeconds });
  }

  acknowledge(update: AttemptUpdate): Promise<void> {
    return this.#called({ call: 'acknowledge', update });
  }

  answerInverseOffers(offerIds: readonly OfferId[], answer: 'accept' | 'decline'): Promise<void> {
    return this.#called({ call: 'answerInverseOffers', offerIds, answer });
  }

  reconcile(attempts: readonly AttemptReference[]): Promise<void> {
    return this.#called({ call: 'reconcile', attempts });
  }

  suppress(): Promise<void> {
    return this.#called({ call: 'suppress' });
  }

  revive(wish?: OfferWish): Promise<void> {
    return this.#called({ call: 'revive', ...(wish && { wish }) });
  }

  async tailSandboxFile(): Promise<string> {
    return '';
  }

  async readSandboxFile(): Promise<FilePart> {
    return { bytes: new Uint8Array(), size: 0 };
  }

  stop(how: 'teardown' | 'disconnect'): Promise<void> {
    return this.#called({ call: 'stop', how });
  }

  async #called(call: DriverCall): Promise<void> {
    this.calls.push(call);
    await this.onCall(call);
  }
}
