import { parseMasterAddress } from '@galaxy-mesos/mesos-client';
import {
  type BatchJobShape,
  type ClusterDefinition,
  definitionVersion,
  type MasterDefinition,
} from './definition.ts';
import type { SettingsLayer } from './layer.ts';
import { clusterNameSchema } from './names.ts';
import type { DefinitionProblem, SettingPath } from './problem.ts';
import type { MasterSettings, PoolSettings } from './settings.ts';
import { type Refuse, settleMasterJob, settlePool } from './settle-pool.ts';

/** A definition, or all that is wrong with it. */
export type Settled =
  | { readonly definition: ClusterDefinition; readonly problems: readonly [] }
  | { readonly definition?: never; readonly problems: readonly DefinitionProblem[] };

/** Puts together what was said of a cluster, the nearest layer first, and checks what no setting tells by itself. */
export function settle(name: string, layers: readonly SettingsLayer[]): Settled {
  const problems: DefinitionProblem[] = [];
  const named = clusterNameSchema.safeParse(name);
  for (const { message } of named.error?.issues ?? []) {
    problems.push({ place: 'the name of the cluster', text: `${message}; it is '${name}'` });
  }
  const refuse: Refuse = (path, text) => {
    const { place, isOption } = placeOf(layers, path);
    problems.push({ place, text: isOption ? text : `${path.map(String).join('.')}: ${text}` });
  };
  const settings = layers.map((layer) => layer.settings);
  const nearest = <T>(pick: (layer: SettingsLayer['settings']) => T | undefined): T | undefined =>
    settings.map(pick).find((value) => value !== undefined);

  const wanted = nearest(({ pools }) => pools) ?? {};
  if (Object.keys(wanted).length === 0) refuse(['pools'], 'expected at least one pool');
  const on = nearest((layer) => layer.on);
  const pools = Object.fromEntries(
    Object.entries(wanted).map(([pool, own]: [string, PoolSettings]) => {
      const dialect = own.on ?? on;
      if (dialect === undefined)
        refuse(['on'], 'it is missing; say which queueing system there is, such as slurm');
      return [pool, settlePool(own, settings, dialect ?? 'shell', ['pools', pool], refuse)];
    }),
  );
  const agentAddress = nearest(({ agent_address }) => agent_address);
  const asked = nearest(({ master }) => master) ?? { at: 'here' };
  const master = settleMaster(
    asked,
    agentAddress,
    () => settleMasterJob(asked, settings, Object.values(pools)),
    refuse,
    // Those of the cluster and the site: pools may be prepared in another way each.
    {
      setup: [...settings.toReversed(), asked].flatMap(({ setup }) => setup ?? []),
      image: asked.image ?? nearest(({ image }) => image),
    },
  );
  if (problems.length > 0) return { problems: unique(problems) };
  const launcherDirectory = nearest(({ programs }) => programs?.launcher_dir);
  const definition: ClusterDefinition = {
    version: definitionVersion,
    name,
    programs: {
      agent: nearest(({ programs }) => programs?.agent) ?? 'mesos-agent',
      master: nearest(({ programs }) => programs?.master) ?? 'mesos-master',
      ...(launcherDirectory !== undefined && { launcherDirectory }),
    },
    master,
    authentication: nearest(({ authentication }) => authentication) ?? 'credential',
    masterFlags: settings.toReversed().flatMap(({ master_flags }) => master_flags ?? []),
    agentFlags: settings.toReversed().flatMap(({ agent_flags }) => agent_flags ?? []),
    ...(agentAddress !== undefined && { agentAddress }),
    pools,
  };
  return { definition, problems: [] };
}

/** Several pools lack the same thing of the cluster. */
const unique = (problems: readonly DefinitionProblem[]): readonly DefinitionProblem[] =>
  problems.filter(
    ({ place, text }, index) =>
      problems.findIndex((other) => other.place === place && other.text === text) === index,
  );

/** Where the nearest layer says it; what nobody says is missing where pools are described. */
function placeOf(layers: readonly SettingsLayer[], path: SettingPath): { place: string; isOption: boolean } {
  const asDefault = path[0] === 'pools' && path.length > 2 ? ['defaults', ...path.slice(2)] : path;
  const said = (at: SettingPath) =>
    layers.map((layer) => layer.placeOf(at)).find((place) => place !== undefined);
  const file = layers.find(({ kind }) => kind === 'cluster');
  const missing = file
    ? (file.placeOf(path.slice(0, 2)) ?? file.placeOf([]))
    : `--${String(path.at(-1)).replaceAll('_', '-')}`;
  const place = said(path) ?? said(asDefault) ?? missing ?? 'the command line';
  return { place, isOption: place.startsWith('--') };
}

const sizeNames = ['cpus', 'mem', 'walltime', 'queue', 'account', 'extra', 'on', 'ssh'] as const;

function settleMaster(
  settings: MasterSettings,
  agentAddress: string | undefined,
  job: () => BatchJobShape,
  refuse: Refuse,
  { setup, image }: { readonly setup: readonly string[]; readonly image: string | undefined },
): MasterDefinition {
  const { at, port } = settings;
  const address = settings.address ?? agentAddress;
  const { credential_file: credentialFile, ca_file: certificates } = settings;
  const refuseGiven = (names: readonly (keyof MasterSettings)[], of: string) => {
    for (const name of names) {
      if (settings[name] !== undefined) refuse(['master', name], `only a master ${of} has this`);
    }
  };
  const isOwn = at === 'in-job' || at === 'here';
  if (isOwn) refuseGiven(['credential_file', 'ca_file'], 'that is there already');
  if (at === 'in-job') {
    refuseGiven(['port'], 'that is started here');
    return { kind: 'in-job', job: job(), ...(address !== undefined && { address }) };
  }
  refuseGiven(sizeNames, 'in a batch job');
  if (at === 'here')
    return {
      kind: 'here',
      ...(port !== undefined && { port }),
      ...(address !== undefined && { address }),
      ...(setup.length > 0 && { setup }),
      ...(image !== undefined && { image }),
    };
  refuseGiven(['port', 'address', 'setup', 'image'], 'that is started here');
  checkUrl(at, refuse);
  return {
    kind: 'existing',
    url: at,
    ...(credentialFile !== undefined && { credentialFile }),
    ...(certificates !== undefined && { certificates }),
  };
}

/** A definition is shown, and scripts are made of it: a password in it would be everybody's. */
function checkUrl(url: string, refuse: Refuse): void {
  try {
    const address = parseMasterAddress(url);
    if (address.kind !== 'zookeeper' || address.credential === undefined) return;
    const advice =
      'put the whole zk://… into a file that you alone can read (chmod 600) and that the nodes see, and say file:///path/to/it';
    refuse(['master'], `a password has no place here, where others see it; ${advice}`);
  } catch (error) {
    refuse(['master'], error instanceof Error ? error.message : String(error));
  }
}
