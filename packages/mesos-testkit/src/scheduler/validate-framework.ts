import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';

/** Mesos keeps durations as 64-bit nanoseconds: a timeout beyond that is none. */
const maximumSeconds = 2 ** 63 / 1e9;

const whitespace = /[\t\n\v\f\r \x7f]/;
const forbiddenInId = /[/\\\p{Cc}]/u;

function componentProblem(role: string, component: string): string | undefined {
  if (component === '.' || component === '..')
    return `Role '${role}' cannot include '${component}' as a component`;
  if (component === '*') return `Role '${role}' cannot include '*' as a component`;
  if (component.startsWith('-'))
    return `Role component '${component}' is invalid because it starts with a dash`;
  if (whitespace.test(component))
    return `Role component '${component}' is invalid because it contains backspace or whitespace`;
  return undefined;
}

function roleProblem(role: string): string | undefined {
  if (role === '') return 'Role names cannot be the empty string';
  if (role === '*') return undefined;
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  if (role.includes('//')) return `Role '${role}' cannot contain two adjacent slashes`;
  return role
    .split('/')
    .map((component) => componentProblem(role, component))
    .find((problem) => problem !== undefined);
}

function rolesProblem({ roles = [], role, capabilities = [] }: mesos.FrameworkInfo): string | undefined {
  const isMultiRole = capabilities.some(({ type }) => type === 'MULTI_ROLE');
  if (isMultiRole && role !== undefined)
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  if (!isMultiRole && roles.length > 0)
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  const twice = new Set(roles.filter((one, index) => roles.indexOf(one) !== index));
  if (twice.size > 0) return `'FrameworkInfo.roles' contains duplicate items: { ${[...twice].join(', ')} }`;
  const problem = roles.map(roleProblem).find((one) => one !== undefined);
  return problem && `'FrameworkInfo.roles' contains invalid role: ${problem}`;
}

function timeoutProblem({ failover_timeout = 0 }: mesos.FrameworkInfo): string | undefined {
  if (Math.abs(failover_timeout) < maximumSeconds) return undefined;
  return `The framework failover_timeout (${failover_timeout}) is invalid`;
}

function constraintsProblem({ offer_constraints }: scheduler.Call.Subscribe): string | undefined {
  const empty = Object.entries(offer_constraints?.role_constraints ?? {}).find(
    ([, constraints]) => !constraints.groups?.length,
  );
  return (
    empty &&
    `'OfferConstraints::role_constraints' has an empty 'RoleConstraints::groups' for role ${empty[0]}`
  );
}

/**
 * What a master finds wrong in a framework that subscribes, in its own words: it then answers 200 with one
 * ERROR event and ends the stream. Regular expressions of offer constraints are not looked at.
 */
export function frameworkProblem(subscribe: scheduler.Call.Subscribe): string | undefined {
  const { framework_info, suppressed_roles = [] } = subscribe;
  const id = framework_info.id?.value ?? '';
  if (forbiddenInId.test(id)) return `'${id}' contains invalid characters`;
  const foreign = suppressed_roles.find((role) => !framework_info.roles?.includes(role));
  return (
    rolesProblem(framework_info) ??
    timeoutProblem(framework_info) ??
    (foreign === undefined
      ? undefined
      : `Suppressed role '${foreign}' is not contained in the list of roles`) ??
    constraintsProblem(subscribe)
  );
}
