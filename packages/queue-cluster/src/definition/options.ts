import { checkLayer, type ReadLayer } from './layer.ts';
import type { SettingPath } from './problem.ts';

/** What a command line says of a cluster, as it was typed. */
export interface ClusterOptions {
  readonly on?: string | undefined;
  readonly ssh?: string | undefined;
  readonly image?: string | undefined;
  readonly setup?: readonly string[] | undefined;
  readonly master?: string | undefined;
  readonly masterHere?: boolean | undefined;
  readonly masterInJob?: boolean | undefined;
  readonly agents?: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly backlog?: string | undefined;
  readonly cpus?: string | undefined;
  readonly mem?: string | undefined;
  readonly disk?: string | undefined;
  readonly gpus?: string | undefined;
  readonly walltime?: string | undefined;
  readonly queue?: string | undefined;
  readonly account?: string | undefined;
  readonly extra?: readonly string[] | undefined;
  readonly idle?: string | undefined;
}

/** The pool that a command line describes. */
const onlyPool = 'main';

const ofPool = [
  ...['agents', 'min', 'max', 'backlog', 'cpus', 'mem', 'disk', 'gpus', 'walltime'],
  ...['queue', 'account', 'extra', 'idle'],
] as const satisfies readonly string[];

/** What options say. With a cluster file, pools stand there: `hasFile`. */
export function optionsLayer(options: ClusterOptions, hasFile: boolean): ReadLayer {
  const masters = [
    ...(options.master === undefined ? [] : ['--master']),
    ...(options.masterHere ? ['--master-here'] : []),
    ...(options.masterInJob ? ['--master-in-job'] : []),
  ];
  if (masters.length > 1) {
    return { problems: [{ place: masters[1] ?? '', text: `there is one master: not also ${masters[0]}` }] };
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const pool = Object.fromEntries(given.filter(([name]) => isOfPool(name)));
  const [first] = Object.keys(pool);
  if (hasFile && first !== undefined) {
    const text =
      'pools stand in the cluster file, where this belongs; to change how many there are: cluster scale';
    return { problems: [{ place: flagOf([first]), text }] };
  }
  const { on, ssh, image, setup } = options;
  const settings = defined({
    ...{ on, ssh, image, setup },
    master: masterOf(options),
    pools: hasFile ? undefined : { [onlyPool]: pool },
  });
  const placeOf = (path: SettingPath) => (masters[0] && path[0] === 'master' ? masters[0] : flagOf(path));
  const read = checkLayer(settings, { placeOf, placeOfKey: placeOf }, 'options');
  // The option says which setting it is.
  const withoutName = ({ place, text }: { place: string; text: string }) => ({
    place,
    text: text.replace(/^[\w.]+: /, ''),
  });
  return read.layer ? read : { problems: read.problems.map(withoutName) };
}

const isOfPool = (name: string): boolean => ofPool.some((known) => known === name);

function masterOf({ master, masterHere, masterInJob }: ClusterOptions): string | undefined {
  if (masterHere) return 'here';
  return masterInJob ? 'in-job' : master;
}

const defined = (settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/** The option that stands for a setting. */
function flagOf(path: SettingPath): string {
  const name = path[0] === 'pools' ? path[2] : path[0];
  return name === undefined ? 'the command line' : `--${String(name).replaceAll('_', '-')}`;
}
