import { isDeepStrictEqual } from 'node:util';
import { changesOf } from '../definition/changes.ts';
import type { ClusterDefinition } from '../definition/definition.ts';
import type { ClusterSetting, PoolsState } from '../pools/index.ts';
import type { LauncherListener } from './launcher-event.ts';
import type { LauncherPorts } from './ports.ts';
import { settingOf } from './setting.ts';
import { doorsOf, QueueSystems } from './systems.ts';
import type { LauncherTiming } from './timing.ts';
import type { Troubles } from './troubles.ts';

export interface LivingDefinitionOptions {
  readonly definition: ClusterDefinition;
  /** The pilots of before, which may be in queueing systems that the definition has no more. */
  readonly pilots: PoolsState['ledger']['pilots'];
  readonly ports: LauncherPorts;
  readonly timing: LauncherTiming['pools'];
  readonly troubles: Troubles;
  readonly tell: LauncherListener;
  /** Ends queue commands. */
  readonly signal: AbortSignal;
}

/** What a cluster is, which people may change while a launcher looks after it. */
export class LivingDefinition {
  readonly systems: QueueSystems;
  readonly #options: LivingDefinitionOptions;
  #definition: ClusterDefinition;
  #setting: ClusterSetting;

  constructor(options: LivingDefinitionOptions) {
    const { definition, pilots, ports, timing, signal } = options;
    this.#options = options;
    this.#definition = definition;
    this.systems = new QueueSystems(ports, signal);
    this.systems.add(doorsOf(definition));
    for (const { shape } of pilots.values()) this.systems.add([shape]);
    this.#setting = settingOf(definition, this.systems.values(), timing);
  }

  get now(): ClusterDefinition {
    return this.#definition;
  }

  /** The same, as the core of the pools sees it. */
  get setting(): ClusterSetting {
    return this.#setting;
  }

  /** Hears what the definition says by now; one that makes another cluster of it is not gone by. */
  hear(said: ClusterDefinition): void {
    const { troubles, tell, timing } = this.#options;
    const { changes, refusals } = changesOf(this.#definition, said);
    const refusal =
      refusals.length === 0 ? undefined : `while the cluster lives it keeps ${refusals.join('; ')}`;
    troubles.set('changed definition', refusal);
    // Their order counts, too, which is no difference to the other comparison.
    if (refusal !== undefined || (changes.length === 0 && isDeepStrictEqual(said, this.#definition))) return;
    this.#definition = said;
    this.systems.add(doorsOf(said));
    this.#setting = settingOf(said, this.systems.values(), timing);
    for (const text of changes) tell({ type: 'changed', text });
  }
}
