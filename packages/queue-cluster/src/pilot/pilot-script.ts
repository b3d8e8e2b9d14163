import type { DialectName } from '../dialects/dialect.ts';
import { type PilotLimits, usualLimits } from './limits.ts';
import { agentShell } from './shell/agent.ts';
import { allocationShell } from './shell/allocation.ts';
import { basicsShell } from './shell/basics.ts';
import { endingShell } from './shell/ending.ts';
import { factsShell } from './shell/facts.ts';
import { lifeShell } from './shell/life.ts';
import { ordersShell } from './shell/orders.ts';
import { programShell } from './shell/program.ts';
import { commentText, settingLines } from './shell/quote.ts';
import { watchShell } from './shell/watch.ts';

/** What a pilot is to be. Sizes are what the queue was asked for; what it gives is found out by the script. */
export interface PilotScriptOptions {
  readonly cluster: string;
  readonly pool: string;
  /** Its name, which begins with `gm-`. */
  readonly pilot: string;
  /** Whose environment variables say what was given. */
  readonly dialect: DialectName;
  /** The cluster's directory, an absolute path; the pilot works where it is not to be seen, too. */
  readonly clusterDirectory: string;
  /** Where `orders` and `facts` are, an absolute path. */
  readonly pilotDirectory: string;
  /** As in the orders: others are not for this pilot. */
  readonly token: string;
  /** `HOST:PORT`, or `zk://…`. Without it the pilot waits for the file `address` of the cluster's directory. */
  readonly master?: string;
  /** The words that start an agent; Mesos's flags come after them. */
  readonly agent: readonly string[];
  /** A container image in which the agent runs, by Apptainer or Singularity. */
  readonly image?: string;
  /** Lines of shell that come before, such as `module load mesos`. */
  readonly setup: readonly string[];
  /** Flags of the agent, each `--name=value`; they win over the pilot's own. */
  readonly agentFlags: readonly string[];
  /** Whose address the agent takes; without it, that from which the master is reached. */
  readonly networkInterface?: string;
  /** Where its credentials lie, if it needs any. */
  readonly accessDirectory: string;
  /** The file of the key by which the agent knows its executors; without it they are asked for nothing. */
  readonly executorKey?: string;
  readonly cpus: number;
  readonly memMb: number;
  /** Of the memory, what is kept for the agent and its executors. */
  readonly agentMemMb: number;
  readonly diskMb?: number;
  /** What its agent offers of ports, such as `31000-31099`; otherwise none. */
  readonly ports?: string;
  readonly gpus: number;
  readonly walltimeSeconds: number;
  readonly queue?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Where the scratch directory is made; may name environment variables. Without it, TMPDIR or /tmp. */
  readonly scratch?: string;
  readonly idleSeconds: number;
  readonly hardMarginSeconds: number;
  /** How long before the end the queue has been asked to warn. */
  readonly warningSeconds: number;
  readonly limits?: Partial<PilotLimits>;
}

/**
 * The shell text of a pilot: it runs a Mesos agent with what the queue has given, and ends by itself. Nothing of the
 * options can run but the setup lines and the agent.
 * @throws QueueClusterError `INVALID_DEFINITION` if a text holds a NUL character.
 */
export function renderPilotScript(options: PilotScriptOptions): string {
  return [
    '#!/bin/bash',
    `# A pilot of galaxy-mesos: the Mesos agent ${commentText(options.pilot)} of the cluster`,
    `# ${commentText(options.cluster)}, pool ${commentText(options.pool)}, as a batch job. It writes what it is to "facts" in its directory, reads`,
    '# what it is to do from "orders", and ends by itself: before the walltime is over, when there is nothing to do, when',
    '# the master is gone, when nobody wants it any more, or by a signal (USR1, USR2, TERM). It leaves nothing behind.',
    '',
    ...pilotSettings(options),
    basicsShell,
    factsShell,
    ordersShell,
    lifeShell,
    allocationShell,
    programShell,
    agentShell,
    endingShell,
    watchShell,
  ].join('\n');
}

function pilotSettings(options: PilotScriptOptions): string[] {
  const limits = { ...usualLimits, ...options.limits };
  return [
    ...settingLines({
      cluster: options.cluster,
      pool: options.pool,
      pilot: options.pilot,
      dialect: options.dialect,
      cluster_directory: options.clusterDirectory,
      directory: options.pilotDirectory,
      token: options.token,
      master: options.master ?? '',
      program: options.agent,
      image: options.image ?? '',
      setup: options.setup.join('\n'),
      program_flags: options.agentFlags,
      access_directory: options.accessDirectory,
      executor_key: options.executorKey ?? '',
      network_interface: options.networkInterface ?? '',
      queue: attributeText(options.queue ?? ''),
      attributes: Object.entries(options.attributes)
        .map(([name, value]) => `${attributeText(name)}:${attributeText(value)}`)
        .join(';'),
      scratch: options.scratch ?? '',
    }),
    '',
    '# What the queue was asked for.',
    ...settingLines({
      asked_cpus: options.cpus,
      asked_mem_mb: options.memMb,
      agent_mem_mb: options.agentMemMb,
      asked_disk_mb: options.diskMb ?? 0,
      ports: options.ports ?? '',
      asked_gpus: options.gpus,
      walltime_seconds: options.walltimeSeconds,
      warning_seconds: options.warningSeconds,
    }),
    '',
    '# How patient the pilot is.',
    ...settingLines({
      idle_seconds: options.idleSeconds,
      hard_margin_seconds: options.hardMarginSeconds,
      look_seconds: limits.lookSeconds,
      answer_seconds: limits.answerSeconds,
      master_lost_seconds: limits.masterLostSeconds,
      revoked_seconds: limits.revokedSeconds,
      beat_seconds: limits.beatSeconds,
      stop_seconds: limits.stopSeconds,
      agent_fresh_seconds: limits.agentFreshSeconds,
      agent_restarts_most: limits.agentRestarts,
    }),
  ];
}

/** As much of a text as an agent's attribute can hold; the script does the same with what it finds on the node. */
export function attributeText(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_./-]/g, '_');
}
