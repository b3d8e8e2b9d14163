/** What one process does of a job beside its tasks, and whoever waits for something of the job to change. */
export class Works {
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #isChanged = false;
  #wake: (() => void) | undefined;

  /** Whether nothing is being done. */
  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** Begins a work; that it is done, or has failed, is a change. */
  begin(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(running);
        this.changed();
      });
    this.#running.add(running);
  }

  /** Something has changed. */
  changed(): void {
    this.#isChanged = true;
    this.#wake?.();
  }

  /**
   * Resolves as soon as something has changed since this was asked before.
   * @param other resolves at another change, or rejects
   * @throws what the first work threw that failed
   */
  async change(other?: Promise<void>): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    other?.catch(() => {
      // Whoever asks again with it is told; until then nobody waits for it.
    });
    if (!this.#isChanged && !this.#failure) await Promise.race(other ? [woken, other] : [woken]);
    this.#wake = undefined;
    this.#isChanged = false;
    if (this.#failure) throw this.#failure.error;
  }

  /** Resolves when nothing is being done, whatever came of it. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
