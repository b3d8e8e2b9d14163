import { type Launch, resourceNames } from '@galaxy-mesos/scheduler';

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** Every amount of a launch under the name that an error calls it. */
const amountsOf = ({ resources, maximumRunSeconds }: Launch): (readonly [string, number | undefined])[] => [
  ...resourceNames.map((name) => [`resources.${name}`, resources[name]] as const),
  ['resources.gpus', resources.gpus],
  ...Object.entries(resources.scalars ?? {}).map(
    ([name, value]) => [`resources.scalars.${name}`, value] as const,
  ),
  ['resources.ports.any', resources.ports?.any],
  ...(resources.disks ?? []).map(({ size }, index) => [`resources.disks[${index}].size`, size] as const),
  ['maximumRunSeconds', maximumRunSeconds === Number.POSITIVE_INFINITY ? 0 : maximumRunSeconds],
];

/** What was assigned must be as much as was asked for: the choice is made by whoever launches. */
function faultOfAssignment({ resources: { ports, disks = [] }, assigned = {} }: Launch): string | undefined {
  const wanted = (ports?.any ?? 0) + (ports?.fixed?.length ?? 0);
  const { ports: givenPorts = [], disks: givenDisks = [] } = assigned;
  if (givenPorts.length !== wanted)
    return `assigned.ports must be the ${wanted} ports asked for, and are ${givenPorts.length}`;
  if (givenDisks.length !== disks.length)
    return `assigned.disks must be the ${disks.length} disks asked for, and are ${givenDisks.length}`;
  return undefined;
}

/** What of a launch cannot be, in words; `undefined` if nothing. No agent could ever start such an attempt. */
export const faultOfLaunch = (launch: Launch): string | undefined => {
  const bad = amountsOf(launch).find(([, value]) => value !== undefined && !isAmount(value));
  if (bad !== undefined) return `${bad[0]} must be a number that is not negative, and is ${bad[1]}`;
  const { gpus = 0 } = launch.resources;
  if (!Number.isInteger(gpus)) return `resources.gpus must be a whole number, and is ${gpus}`;
  return faultOfAssignment(launch);
};
