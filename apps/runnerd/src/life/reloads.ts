import type { Logger } from 'pino';
import { changesBetween } from '../configuration/changes.ts';
import { describeProblem } from '../configuration/problem.ts';
import type { Settings, Settled } from '../configuration/settings.ts';
import { messageOf } from '../runnerd-error.ts';

/** The settings that hold now, and how they change while the daemon runs. */
export class Reloads {
  #settings: Settings;
  readonly #load: () => Settled;
  readonly #log: Logger;
  readonly #appliers = new Set<(settings: Settings) => Promise<void>>();

  constructor(settings: Settings, load: () => Settled, log: Logger) {
    this.#settings = settings;
    this.#load = load;
    this.#log = log;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** `apply` is called with settings of which something has changed; the answer ends that. */
  onReload(apply: (settings: Settings) => Promise<void>): () => void {
    this.#appliers.add(apply);
    return () => this.#appliers.delete(apply);
  }

  /** Reads the configuration again; one with a mistake in it changes nothing. */
  async reload(): Promise<void> {
    const { settings, problems } = this.#load();
    if (!settings) {
      const found = problems.map(describeProblem);
      this.#log.error({ problems: found }, 'the configuration is not right, and nothing was changed');
      return;
    }
    const before = this.#settings.configuration;
    const { applied, needRestart } = changesBetween(before, settings.configuration);
    const kept = Object.fromEntries(needRestart.map((name) => [name, Reflect.get(before, name)]));
    this.#settings = { ...settings, configuration: { ...settings.configuration, ...kept } };
    this.#log.level = this.#settings.configuration.log_level;
    try {
      for (const apply of this.#appliers) await apply(this.#settings);
    } catch (error) {
      this.#log.error({ detail: messageOf(error) }, 'a change of the configuration could not be applied');
    }
    this.#log.info({ applied }, 'configuration read again');
    if (needRestart.length > 0) {
      this.#log.warn({ settings: needRestart }, 'these settings change when the daemon is started again');
    }
  }
}
