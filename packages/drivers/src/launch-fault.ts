import { type Launch, resourceNames } from '@galaxy-mesos/scheduler';

/** Which amount of a launch is none, in words; `undefined` if all are. No agent could ever start such an attempt. */
export const faultOfAmounts = ({ resources, maximumRunSeconds }: Launch): string | undefined => {
  const bad = resourceNames.find((name) => !(Number.isFinite(resources[name]) && resources[name] >= 0));
  if (bad !== undefined)
    return `resources.${bad} must be a number that is not negative, and is ${resources[bad]}`;
  if (maximumRunSeconds === undefined || maximumRunSeconds >= 0) return undefined;
  return `maximumRunSeconds must be a number that is not negative, and is ${maximumRunSeconds}`;
};
