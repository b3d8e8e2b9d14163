import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { type ConfigurationChanges, changesBetween } from '../configuration/changes.ts';
import { describeProblem } from '../configuration/problem.ts';
import type { Settings, Settled } from '../configuration/settings.ts';
import { describeAddress, isLoopback } from '../configuration/values.ts';
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

  /** A port that was chosen by the system stays the same if the daemon begins anew. */
  keepPort(port: number): void {
    this.#settings = { ...this.#settings, address: { ...this.#settings.address, port } };
  }

  /** `apply` is called with settings of which something has changed; the answer ends that. */
  onReload(apply: (settings: Settings) => Promise<void>): () => void {
    this.#appliers.add(apply);
    return () => this.#appliers.delete(apply);
  }

  /** Reads the configuration again; one with a mistake in it changes nothing. */
  async reload(): Promise<void> {
    const { settings, problems } = this.#load();
    const found = settings ? this.#unfit(settings) : problems.map(describeProblem);
    if (!settings || found.length > 0) {
      this.#log.error({ problems: found }, 'the configuration is not right, and nothing was changed');
      return;
    }
    const { applied, needRestart } = changesOf(this.#settings, settings);
    this.#settings = merged(this.#settings, settings, needRestart);
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

  /** Where it listens does not change now, and who may come in would. */
  #unfit({ tokens }: Settings): readonly string[] {
    const { address, configuration } = this.#settings;
    if (tokens.length > 0 || isLoopback(address) || configuration.open_to_everyone) return [];
    return [`tokens: none is left, and ${describeAddress(address)} is listened on until the next start`];
  }
}

/** What is different, in the files that the settings name, too. */
function changesOf(before: Settings, after: Settings): ConfigurationChanges {
  const { applied, needRestart } = changesBetween(before.configuration, after.configuration);
  const differs = (name: 'tokens' | 'certificate' | 'mesosSecret') =>
    !isDeepStrictEqual(before[name], after[name]);
  const isTlsChanged = before.certificate !== undefined && after.certificate !== undefined;
  const also = (names: readonly string[], ...more: readonly (string | false)[]) => [
    ...new Set([...names, ...more.filter((name) => name !== false)]),
  ];
  return {
    applied: also(applied, differs('tokens') && 'tokens', isTlsChanged && differs('certificate') && 'tls'),
    needRestart: also(needRestart, differs('mesosSecret') && 'mesos'),
  };
}

/** The new settings, but for those that need a restart and what follows from them. */
function merged(before: Settings, after: Settings, needRestart: readonly string[]): Settings {
  const kept = needRestart.map((name) => [name, Reflect.get(before.configuration, name)]);
  const { certificate = before.certificate } = after;
  return {
    ...before,
    configuration: { ...after.configuration, ...Object.fromEntries(kept) },
    tokens: after.tokens,
    ...(before.certificate && certificate && { certificate }),
  };
}
