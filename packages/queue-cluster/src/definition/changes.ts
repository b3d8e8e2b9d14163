import { isDeepStrictEqual } from 'node:util';
import { oneLine } from '../dialects/one-line.ts';
import type { BatchJobShape, ClusterDefinition, MasterDefinition, PoolDefinition } from './definition.ts';
import { describeDuration } from './duration.ts';
import { describeMemory } from './memory.ts';

/** What another definition makes of a cluster that is there, in words. */
export interface DefinitionChanges {
  /** What changes, a line for each pool, and for what holds for all of them. */
  readonly changes: readonly string[];
  /** What cannot be changed while the cluster lives, and what to do. */
  readonly refusals: readonly string[];
}

/** Compares two definitions of one cluster. */
export function changesOf(before: ClusterDefinition, after: ClusterDefinition): DefinitionChanges {
  const names = Object.keys(after.pools);
  const kept = names.filter((name) => before.pools[name]);
  const pairs = kept.flatMap((name): [string, PoolDefinition, PoolDefinition][] => {
    const [was, is] = [before.pools[name], after.pools[name]];
    return was && is ? [[name, was, is]] : [];
  });
  const gone = Object.keys(before.pools).filter((name) => !after.pools[name]);
  const isSameOrder = isDeepStrictEqual(
    Object.keys(before.pools).filter((name) => after.pools[name]),
    kept,
  );
  return {
    changes: [
      ...changesOfAll(before, after),
      ...pairs.flatMap(([name, was, is]) => changesOfPool(name, was, is)),
      ...names.filter((name) => !before.pools[name]).map((name) => `pool ${name} is new`),
      ...gone.map((name) => `pool ${name} is taken out: it gets no work, and goes when its tasks have ended`),
      ...(isSameOrder ? [] : [`the pools are asked in another order: ${names.join(', ')}`]),
    ],
    refusals: [
      ...refusalsOfMaster(before, after),
      ...pairs.flatMap(([name, was, is]) => refusalsOfPool(name, was, is)),
    ],
  };
}

type Words<T> = { readonly [Key in keyof T]?: readonly [what: string, describe: (value: T[Key]) => string] };

const asIs = (value: unknown): string => (value === undefined ? 'none' : oneLine(String(value)));
const time = (seconds: number): string => describeDuration(seconds);

/** What the launcher alone goes by. */
const atOnce: Words<PoolDefinition> = {
  agents: ['agents', asIs],
  min: ['min', asIs],
  max: ['max', asIs],
  backlog: ['backlog', asIs],
  idleSeconds: ['idle', time],
  keepAliveSeconds: ['keep_alive', time],
};

/** What can be told in a word. */
const fromNowOn: Words<PoolDefinition> = {
  cpus: ['cpus', asIs],
  memMb: ['mem', describeMemory],
  agentMemMb: ['agent_mem', (mb) => (mb === 0 ? '0' : describeMemory(mb))],
  diskMb: ['disk', (mb) => (mb === undefined ? 'what is free' : describeMemory(mb))],
  ports: ['ports', asIs],
  gpus: ['gpus', asIs],
  walltimeSeconds: ['walltime', time],
  queue: ['queue', asIs],
  account: ['account', asIs],
  image: ['image', asIs],
  scratch: ['scratch', asIs],
  softMarginSeconds: ['soft_margin', time],
  hardMarginSeconds: ['hard_margin', time],
};

const others = { extra: 'extra', setup: 'setup', attributes: 'attributes' } as const satisfies Partial<
  Record<keyof PoolDefinition, string>
>;

function changesOfPool(name: string, before: PoolDefinition, after: PoolDefinition): readonly string[] {
  const soon = differences(atOnce, before, after);
  const later = [
    ...differences(fromNowOn, before, after),
    ...Object.entries(others).flatMap(([key, what]) =>
      isSame(before, after, key as keyof typeof others) ? [] : [`other ${what}`],
    ),
  ];
  return [
    ...(soon.length === 0 ? [] : [`pool ${name}: ${soon.join(', ')}`]),
    ...(later.length === 0 ? [] : [`pool ${name}: ${later.join(', ')}; for pilots from now on`]),
  ];
}

function differences<T extends object>(words: Words<T>, before: T, after: T): readonly string[] {
  return (Object.keys(words) as (keyof T)[]).flatMap((key) => {
    const [what, describe] = words[key] ?? [];
    if (describe === undefined || isSame(before, after, key)) return [];
    return [`${what} ${describe(after[key])} instead of ${describe(before[key])}`];
  });
}

const isSame = <T, Key extends keyof T>(before: T, after: T, key: Key): boolean =>
  isDeepStrictEqual(before[key], after[key]);

function changesOfAll(before: ClusterDefinition, after: ClusterDefinition): readonly string[] {
  const later = [
    ...(before.programs.agent === after.programs.agent
      ? []
      : [`mesos-agent is ${oneLine(after.programs.agent)} instead of ${oneLine(before.programs.agent)}`]),
    ...(isSame(before.programs, after.programs, 'launcherDirectory') ? [] : ['another launcher_dir']),
    ...(isSame(before, after, 'agentFlags') ? [] : ['other agent_flags']),
    ...(before.agentAddress === after.agentAddress
      ? []
      : [`agent_address ${asIs(after.agentAddress)} instead of ${asIs(before.agentAddress)}`]),
  ];
  const isSameJob = isDeepStrictEqual(jobOf(before.master), jobOf(after.master));
  return [
    ...(later.length === 0 ? [] : [`all pools: ${later.join(', ')}; for pilots from now on`]),
    ...(isSameJob ? [] : ['the batch job of the master: for the next one']),
  ];
}

/** What a master's next batch job may have otherwise. */
const jobOf = (master: MasterDefinition): unknown => master.kind === 'in-job' && master;

function refusalsOfMaster(before: ClusterDefinition, after: ClusterDefinition): readonly string[] {
  const [was, is] = [fixedOf(before.master), fixedOf(after.master)];
  const mastersProgram = before.programs.master === after.programs.master;
  return [
    ...(isDeepStrictEqual(was, is) ? [] : [`its master, which is ${placeOf(before.master)}`]),
    ...(mastersProgram ? [] : ['the program of its master (programs: master)']),
    ...(isSame(before, after, 'masterFlags') ? [] : ['the flags of its master (master_flags)']),
    ...(isSame(before, after, 'authentication') ? [] : ['whom it lets in (authentication)']),
  ];
}

/** What of a master must stay as it is. */
function fixedOf(master: MasterDefinition): unknown {
  if (master.kind === 'in-job') return { kind: master.kind, system: systemOf(master.job) };
  if (master.kind !== 'here') return master;
  const { setup: _setup, image: _image, ...same } = master;
  return same;
}

function placeOf(master: MasterDefinition): string {
  return master.kind === 'existing' ? `at ${oneLine(master.url)}` : master.kind;
}

function refusalsOfPool(name: string, before: PoolDefinition, after: PoolDefinition): readonly string[] {
  if (isDeepStrictEqual(systemOf(before), systemOf(after))) return [];
  return [`the queueing system of the pool ${name} (on, ssh); a pool of another name may have another one`];
}

const systemOf = ({ dialect, ssh }: BatchJobShape): unknown => [dialect, ...ssh];
