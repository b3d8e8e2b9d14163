import type { DialectName } from '../dialects/dialect.ts';
import type { BatchJobShape, PoolDefinition } from './definition.ts';
import { describeDuration } from './duration.ts';
import { describeMemory } from './memory.ts';
import type { SettingPath } from './problem.ts';
import { refusedByDialect } from './refused-by-dialect.ts';
import type { ClusterSettings, MasterSettings, PoolSettings } from './settings.ts';

const defaults = {
  gpus: 0,
  backlog: 10,
  idleSeconds: 600,
  keepAliveSeconds: 0,
  /** `PILOT`'s own directory on the node: what the queue gives, else what every node has. */
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell of the node fills it in
  scratch: '${TMPDIR:-/tmp}',
};

/** Without a queue this machine is tried out, and need not be measured first. */
const shellShape = { cpus: 1, memMb: 1024, walltimeSeconds: 86_400 };

/** Tells that a setting is wrong. */
export type Refuse = (path: SettingPath, text: string) => void;

/** Everything that is said of one batch job, the nearest first: the pool, then the defaults of each layer. */
type Said = Readonly<Partial<PoolSettings & MasterSettings>>;

/** The settings that are one queueing system's own language; another's are no use to it. */
const boundToDialect = ['ssh', 'queue', 'account', 'extra'] as const;

/** What the layers (the nearest first) say to a batch job besides what it says itself, for one queueing system. */
function saidOf(
  own: readonly Said[],
  layers: readonly ClusterSettings[],
  dialect: DialectName,
): readonly Said[] {
  const below = layers.map((layer, index) => {
    const { ssh, setup, image, defaults: all = {} } = layer;
    const said: Said = { ...all, ...some({ ssh, setup, image }) };
    const on = layers.slice(index).find((lower) => lower.on !== undefined)?.on;
    return on === undefined || on === dialect ? said : without(said, boundToDialect);
  });
  return [...own, ...below];
}

const some = (settings: Readonly<Record<string, unknown>>): Said =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

const without = (said: Said, names: readonly string[]): Said =>
  Object.fromEntries(Object.entries(said).filter(([name]) => !names.includes(name)));

/** The nearest that says it. */
const first = <Key extends keyof Said>(said: readonly Said[], key: Key): Said[Key] | undefined =>
  said.find((layer) => layer[key] !== undefined)?.[key];

/** What all say, what is farthest first: the site prepares before the pool does. */
const gathered = (said: readonly Said[], key: 'setup' | 'extra'): readonly string[] =>
  said.toReversed().flatMap((layer) => layer[key] ?? []);

function shapeOf(
  said: readonly Said[],
  dialect: DialectName,
  path: SettingPath,
  refuse: Refuse,
): BatchJobShape {
  const otherwise = dialect === 'shell' ? shellShape : undefined;
  const needed = (
    key: 'cpus' | 'mem' | 'walltime',
    example: string,
    fallback: number | undefined,
  ): number => {
    const value = first(said, key) ?? fallback;
    if (value === undefined) refuse([...path, key], `it is missing; say what ${example}`);
    return value ?? 1;
  };
  const [image, queue, account] = [first(said, 'image'), first(said, 'queue'), first(said, 'account')];
  return {
    dialect,
    ssh: first(said, 'ssh') ?? [],
    setup: gathered(said, 'setup'),
    cpus: needed('cpus', 'a batch job asks for, such as 8', otherwise?.cpus),
    memMb: needed('mem', 'a batch job asks for, such as 32G', otherwise?.memMb),
    walltimeSeconds: needed('walltime', 'a batch job asks for, such as 8h', otherwise?.walltimeSeconds),
    extra: gathered(said, 'extra'),
    ...(image !== undefined && { image }),
    ...(queue !== undefined && { queue }),
    ...(account !== undefined && { account }),
  };
}

/** The batch job of a master: small, and for as long as the longest of the pools unless it says otherwise. */
export function settleMasterJob(
  settings: MasterSettings,
  layers: readonly ClusterSettings[],
  pools: readonly PoolDefinition[],
): BatchJobShape {
  const dialect = settings.on ?? pools[0]?.dialect ?? 'shell';
  // Of what holds for pools, how large they are is no matter of the master's.
  const sizeless = layers.map(({ defaults: all = {}, ...layer }) => ({
    ...layer,
    defaults: without(all, ['cpus', 'mem', 'walltime']),
  }));
  const small: Said = {
    cpus: 1,
    mem: 2048,
    walltime: Math.max(...pools.map(({ walltimeSeconds }) => walltimeSeconds)),
  };
  return shapeOf([...saidOf([settings], sizeless, dialect), small], dialect, ['master'], () => {});
}

/** An agent is 100 to 200 MiB, each executor some more; big nodes have many of them. */
const leastAgentMemMb = 256;
const agentMemPart = 0.03;

/**
 * What is kept of a batch job's memory for the agent and its executors, which count to its limit as tasks do. Of a small
 * one a quarter has to do. Without a queue nothing limits the whole.
 */
function usualAgentMemMb(dialect: DialectName, memMb: number): number {
  if (dialect === 'shell') return 0;
  return Math.min(Math.max(leastAgentMemMb, Math.ceil(memMb * agentMemPart)), Math.floor(memMb / 4));
}

/** A pool with all that holds for it. */
export function settlePool(
  own: PoolSettings,
  layers: readonly ClusterSettings[],
  dialect: DialectName,
  path: SettingPath,
  refuse: Refuse,
): PoolDefinition {
  const said = saidOf([own], layers, dialect);
  const shape = shapeOf(said, dialect, path, refuse);
  for (const { setting, why } of refusedByDialect(shape)) refuse([...path, setting], why);
  const disk = first(said, 'disk');
  const ports = first(said, 'ports');
  const agentMemMb = first(said, 'agent_mem') ?? usualAgentMemMb(dialect, shape.memMb);
  if (agentMemMb >= shape.memMb)
    refuse([...path, 'agent_mem'], `expected less than mem, which is ${describeMemory(shape.memMb)}`);
  return {
    ...shape,
    ...numbersOf(said, path, refuse),
    ...marginsOf(said, shape.walltimeSeconds, path, refuse),
    agentMemMb,
    ...(disk !== undefined && { diskMb: disk }),
    ...(ports !== undefined && { ports }),
    gpus: first(said, 'gpus') ?? defaults.gpus,
    backlog: first(said, 'backlog') ?? defaults.backlog,
    idleSeconds: first(said, 'idle') ?? defaults.idleSeconds,
    keepAliveSeconds: first(said, 'keep_alive') ?? defaults.keepAliveSeconds,
    attributes: Object.assign({}, ...said.toReversed().map(({ attributes }) => attributes ?? {})),
    scratch: first(said, 'scratch') ?? defaults.scratch,
  };
}

type Numbers = Pick<PoolDefinition, 'agents' | 'min' | 'max'>;

/** `agents` alone means neither more nor fewer; with one of the others, that so many are started at first. */
function numbersOf(said: readonly Said[], path: SettingPath, refuse: Refuse): Numbers {
  const [given, least, most] = [first(said, 'agents'), first(said, 'min'), first(said, 'max')];
  const max = most ?? given;
  if (max === undefined) {
    refuse(
      [...path, least === undefined ? 'agents' : 'max'],
      'it is missing; say how many: agents, or min and max',
    );
    return { agents: 0, min: 0, max: 1 };
  }
  const isFixed = least === undefined && most === undefined;
  const min = least ?? (isFixed ? max : 0);
  const agents = given ?? min;
  if (max < 1) refuse([...path, 'agents'], 'expected at least 1, or a max of at least 1; it is 0');
  else if (min > max) refuse([...path, 'min'], `expected at most max, which is ${max}; it is ${min}`);
  else if (agents < min)
    refuse([...path, 'agents'], `expected at least min, which is ${min}; it is ${agents}`);
  else if (agents > max)
    refuse([...path, 'agents'], `expected at most max, which is ${max}; it is ${agents}`);
  return { agents, min, max };
}

/** Ten minutes are enough for short tasks to end, a minute for anything to be told to; a short life has less of both. */
const most = { softMarginSeconds: 600, hardMarginSeconds: 60 };

type Margins = Pick<PoolDefinition, 'softMarginSeconds' | 'hardMarginSeconds'>;

function marginsOf(said: readonly Said[], walltime: number, path: SettingPath, refuse: Refuse): Margins {
  const [soft, hard] = [first(said, 'soft_margin'), first(said, 'hard_margin')];
  const tenth = Math.min(most.softMarginSeconds, Math.max(1, Math.round(walltime / 10)));
  const softMarginSeconds = soft ?? Math.max(tenth, hard ?? 0);
  const half = Math.max(1, Math.floor(softMarginSeconds / 2));
  const hardMarginSeconds = hard ?? Math.min(most.hardMarginSeconds, half);
  if (softMarginSeconds >= walltime) {
    const name = soft === undefined ? 'hard_margin' : 'soft_margin';
    const text = `expected less than walltime, which is ${describeDuration(walltime)}`;
    refuse([...path, name], `${text}; it is ${describeDuration(softMarginSeconds)}`);
  } else if (hardMarginSeconds > softMarginSeconds) {
    const text = `expected at most soft_margin, which is ${describeDuration(softMarginSeconds)}`;
    refuse([...path, 'hard_margin'], `${text}; it is ${describeDuration(hardMarginSeconds)}`);
  }
  return { softMarginSeconds, hardMarginSeconds };
}
