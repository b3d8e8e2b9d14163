import type { mesos } from '@galaxy-mesos/mesos-client';

/**
 * The set among an agent's resources whose items are its graphics processors, by the names that programs know them by.
 * That Mesos counts each item is why no two tasks get the same one, whichever frameworks they are of.
 */
export const gpuDevices = 'gpu_devices';

/** The attribute of such an agent: the environment variable by which programs are told which of them are theirs. */
const gpuVariable = 'gpu_variable';

/** What every program takes for no device at all: some take an empty list for all of them. */
const noDevice = '-1';

/** The variable that tells tasks of this agent their graphics processors; undefined where Mesos itself keeps them apart. */
export function gpuVariableOf({ attributes = [] }: Pick<mesos.Offer, 'attributes'>): string | undefined {
  const name = attributes.find((attribute) => attribute.name === gpuVariable)?.text?.value ?? '';
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? name : undefined;
}

/** How a command finds its graphics processors, and no others; it is told nothing of such as its agent does not name. */
export function gpuEnvironment(
  variable: string | undefined,
  resources: readonly mesos.Resource[],
): Record<string, string> {
  if (variable === undefined) return {};
  const devices = resources.flatMap(({ name, set }) => (name === gpuDevices ? (set?.item ?? []) : []));
  if (devices.length > 0) return { [variable]: devices.join(',') };
  return resources.some(({ name }) => name === 'gpus') ? {} : { [variable]: noDevice };
}
