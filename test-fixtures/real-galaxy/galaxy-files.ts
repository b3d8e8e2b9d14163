import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tools = fileURLToPath(new URL('tools', import.meta.url));

/** Where jobs run, as an administrator says it: YAML lines of `job_conf.yml`, indented as they are there. */
export interface JobConfiguration {
  /** Lines below `runners:`. */
  readonly runners: string;
  /** Lines below `environments:`. */
  readonly environments: string;
}

export interface GalaxyFilesOptions {
  readonly folder: string;
  readonly url: string;
  readonly job: JobConfiguration;
  /** Each tool is there once for each of them, as `TOOL_ENVIRONMENT`. */
  readonly environments: readonly string[];
  /** Further lines of `galaxy.yml`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly adminKey: string;
}

/** Galaxy takes the folder two levels above the current one for its own. */
export const workingFolder = (folder: string): string => join(folder, 'packages', 'server');

/** Writes all that a Galaxy needs to start in an empty folder. */
export function writeGalaxyFiles(options: GalaxyFilesOptions): void {
  const { folder, url, settings, adminKey, environments } = options;
  mkdirSync(workingFolder(folder), { recursive: true });
  // Galaxy's task splitting calls this script, which its packages do not hold; what it did is done by Galaxy itself
  // for all but old kinds of FASTQ.
  writeFileSync(join(folder, 'extract_dataset_parts.sh'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(folder, 'tool_conf.xml'), writeTools(folder, environments));
  writeFileSync(join(folder, 'job_conf.yml'), jobConfiguration(options));
  const galaxy = {
    data_dir: join(folder, 'data'),
    // On a busy machine one who writes may wait for another for longer than the usual 5 s.
    database_connection: `sqlite:///${join(folder, 'universe.sqlite')}?isolation_level=IMMEDIATE&timeout=120`,
    database_auto_migrate: true,
    tool_config_file: join(folder, 'tool_conf.xml'),
    job_config_file: join(folder, 'job_conf.yml'),
    admin_users: 'admin@example.org',
    bootstrap_admin_api_key: adminKey,
    id_secret: 'of no other Galaxy',
    galaxy_infrastructure_url: url,
    enable_celery_tasks: false,
    conda_auto_init: false,
    conda_auto_install: false,
    ...settings,
  };
  // JSON is YAML, too.
  writeFileSync(join(folder, 'galaxy.yml'), JSON.stringify({ galaxy }));
}

function writeTools(folder: string, environments: readonly string[]): string {
  const files = environments.flatMap((environment) => {
    const target = join(folder, 'tools', environment);
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(tools)) {
      if (file.endsWith('.xml')) writeFileSync(join(target, file), toolOf(environment, join(tools, file)));
      else copyFileSync(join(tools, file), join(target, file));
    }
    return readdirSync(target)
      .filter((file) => file.endsWith('.xml'))
      .map((file) => `<tool file="${join(target, file)}"/>`);
  });
  return `<toolbox><section id="tests" name="Tests">${files.join('')}</section></toolbox>\n`;
}

const toolOf = (environment: string, file: string): string =>
  readFileSync(file, 'utf8').replace(/^<tool id="(\w+)"/, `<tool id="$1_${environment}"`);

function jobConfiguration({ job, environments }: GalaxyFilesOptions): string {
  const names = readdirSync(tools)
    .filter((file) => file.endsWith('.xml'))
    .map((file) => file.replace('.xml', ''));
  const placed = environments.flatMap((environment) =>
    names.map((name) => `  - {id: ${name}_${environment}, environment: ${environment}}`),
  );
  return `runners:
  local:
    load: galaxy.jobs.runners.local:LocalJobRunner
    workers: 2
${job.runners}
execution:
  default: local
  environments:
    local:
      runner: local
${job.environments}
tools:
${placed.join('\n')}
`;
}
