import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  killWith,
  type MarkedProcess,
  processesWith,
} from '../../../../test-fixtures/real-slurm/marked-processes.ts';
import { directoryForTest, type Ended, type Run, start } from '../command.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../test-fixtures/real-mesos/${name}`, import.meta.url));

/** A directory with clusters and the settings of a site, for the running test; what is left of it then is killed. */
export class ClusterPlace {
  readonly directory: string;
  readonly clusters: string;
  readonly environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.directory = directoryForTest();
    this.clusters = path.join(this.directory, 'clusters');
    const site = path.join(this.directory, 'site.yaml');
    const scratch = path.join(this.directory, 'scratch');
    mkdirSync(scratch);
    const programs = { agent: fixture('mesos-agent'), master: fixture('mesos-master') };
    // JSON is YAML.
    const settings = { programs, agent_address: 'lo', defaults: { mem: '256M', scratch } };
    writeFileSync(site, JSON.stringify(settings));
    this.environment = { ...environment, GALAXY_MESOS_CLUSTERS: this.clusters, GALAXY_MESOS_SITE: site };
    onTestFinished(() => killWith(this.#mark));
  }

  /** Runs `galaxy-mesos cluster` with these words to its end. */
  cluster(...words: readonly string[]): Promise<Ended> {
    return this.run('cluster', ...words);
  }

  /** Runs the command with these words to its end. */
  run(...words: readonly string[]): Promise<Ended> {
    return this.start(...words).ended();
  }

  /** Starts the command with these words. */
  start(...words: readonly string[]): Run {
    return start(words, { cwd: this.directory, environment: this.environment });
  }

  /** All that was started for clusters here and still lives. */
  processes(): readonly MarkedProcess[] {
    return processesWith(this.#mark);
  }

  get #mark(): string {
    return `GALAXY_MESOS_CLUSTERS=${this.clusters}`;
  }
}
