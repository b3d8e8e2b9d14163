import type { DialectName } from '../dialects/dialect.ts';
import { type PilotLimits, usualLimits } from '../pilot/limits.ts';
import { basicsShell } from '../pilot/shell/basics.ts';
import { factsShell } from '../pilot/shell/facts.ts';
import { lifeShell } from '../pilot/shell/life.ts';
import { ordersShell } from '../pilot/shell/orders.ts';
import { programShell } from '../pilot/shell/program.ts';
import { commentText, settingLines } from '../pilot/shell/quote.ts';
import { masterShell } from './master-shell.ts';
import { registryShell } from './registry-shell.ts';

/** How patient the job of a master is, in seconds: a pilot's limits, and one of its own. */
export interface MasterLimits extends PilotLimits {
  /** How long the job that has the registry may be silent before another one takes it. */
  readonly holderSeconds: number;
}

const usualHolderSeconds = 60;

/** What the batch job of a master is to be. */
export interface MasterScriptOptions {
  readonly cluster: string;
  /** The batch job's name. */
  readonly name: string;
  readonly dialect: DialectName;
  /** The cluster's directory, an absolute path on a file system that all nodes share. */
  readonly clusterDirectory: string;
  /** Where `orders`, `facts`, the registry and the master's log are, an absolute path directly below the cluster's. */
  readonly directory: string;
  readonly token: string;
  /** The words that start a master; Mesos's flags come after them. */
  readonly program: readonly string[];
  readonly image?: string;
  readonly setup: readonly string[];
  /** Flags of the master, each `--name=value`; they win over the script's own. */
  readonly flags: readonly string[];
  /** Whose address the master takes, or the address itself. */
  readonly networkInterface?: string;
  /** Where its credentials lie, which an image has to show it. */
  readonly accessDirectory: string;
  readonly walltimeSeconds: number;
  readonly hardMarginSeconds: number;
  readonly warningSeconds: number;
  readonly limits?: Partial<MasterLimits>;
}

/**
 * The shell text of a batch job that runs the cluster's master. It takes the registry that the jobs before it have
 * left, tells its address in the cluster's file `address`, and ends before its walltime does: pilots go on meanwhile,
 * and follow the next one.
 * @throws QueueClusterError `INVALID_DEFINITION` if a text holds a NUL character
 */
export function renderMasterScript(options: MasterScriptOptions): string {
  return [
    '#!/bin/bash',
    `# The Mesos master of the cluster ${commentText(options.cluster)} of galaxy-mesos, as a batch job. It`,
    '# keeps its registry on the shared file system, so that the next such job goes on where this one ends; it ends by',
    '# itself before the walltime is over, when nobody wants it any more, or by a signal (USR1, USR2, TERM).',
    '',
    ...masterSettings(options),
    basicsShell,
    factsShell,
    ordersShell,
    lifeShell,
    programShell,
    registryShell,
    masterShell,
  ].join('\n');
}

function masterSettings(options: MasterScriptOptions): string[] {
  const limits = { ...usualLimits, holderSeconds: usualHolderSeconds, ...options.limits };
  return settingLines({
    pilot: options.name,
    dialect: options.dialect,
    cluster_directory: options.clusterDirectory,
    directory: options.directory,
    token: options.token,
    program: options.program,
    image: options.image ?? '',
    setup: options.setup.join('\n'),
    program_flags: options.flags,
    access_directory: options.accessDirectory,
    network_interface: options.networkInterface ?? '',
    walltime_seconds: options.walltimeSeconds,
    warning_seconds: options.warningSeconds,
    hard_margin_seconds: options.hardMarginSeconds,
    look_seconds: limits.lookSeconds,
    answer_seconds: limits.answerSeconds,
    revoked_seconds: limits.revokedSeconds,
    stop_seconds: limits.stopSeconds,
    agent_fresh_seconds: limits.agentFreshSeconds,
    agent_restarts_most: limits.agentRestarts,
    holder_seconds: limits.holderSeconds,
  });
}
